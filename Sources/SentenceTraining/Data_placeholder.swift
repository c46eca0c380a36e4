public enum BatchSampler: String, Sendable { case random = "batch_sampler" }
public enum MultiDatasetBatchSampler: String, Sendable { case proportional }
