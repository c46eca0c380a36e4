// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The paper that a loss comes from.
struct LossPaper {
    /// The key in BibTeX.
    let key: String
    let title: String
    let authors: String
    let year: Int
    let url: String

    /// The paper as BibTeX.
    var bibTeX: String {
        """
        @misc{\(key),
            title = {\(title)},
            author = {\(authors)},
            year = {\(year)},
            url = {\(url)}
        }
        """
    }

    /// The papers of a loss and of those inside it, outermost first, each with the names of the losses.
    static func of(_ loss: JSONObject) -> [(loss: String, paper: LossPaper)] {
        let name = loss["name"]?.asString ?? ""
        var papers: [(loss: String, paper: LossPaper)] = []
        if let paper = byLoss[name] {
            papers.append((name, paper))
        } else if name.hasPrefix("Cached"), let paper = byLoss[String(name.dropFirst("Cached".count))] {
            papers += [(name, gradientCache), (name, paper)]
        }
        for inner in loss.sorted(by: { $0.key < $1.key }).compactMap({ $0.value.asObject }) { papers += of(inner) }
        return papers
    }

    private static let gradientCache = LossPaper(
        key: "gao2021scaling", title: "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup",
        authors: "Luyu Gao and Yunyi Zhang and Jiawei Han and Jamie Callan", year: 2021,
        url: "https://arxiv.org/abs/2101.06983")
    private static let sentenceBERT = LossPaper(
        key: "reimers2019sentence", title: "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks",
        authors: "Nils Reimers and Iryna Gurevych", year: 2019, url: "https://arxiv.org/abs/1908.10084")
    private static let smartReply = LossPaper(
        key: "henderson2017efficient", title: "Efficient Natural Language Response Suggestion for Smart Reply",
        authors: "Matthew Henderson and Rami Al-Rfou and Brian Strope and Yun-hsuan Sung and Laszlo Lukacs and "
            + "Ruiqi Guo and Sanjiv Kumar and Balint Miklos and Ray Kurzweil",
        year: 2017, url: "https://arxiv.org/abs/1705.00652")
    private static let tripletDefense = LossPaper(
        key: "hermans2017defense", title: "In Defense of the Triplet Loss for Person Re-Identification",
        authors: "Alexander Hermans and Lucas Beyer and Bastian Leibe", year: 2017,
        url: "https://arxiv.org/abs/1703.07737")
    private static let contrastive = LossPaper(
        key: "hadsell2006dimensionality", title: "Dimensionality Reduction by Learning an Invariant Mapping",
        authors: "R. Hadsell and S. Chopra and Y. LeCun", year: 2006, url: "https://doi.org/10.1109/CVPR.2006.100")
    private static let contrastiveTension = LossPaper(
        key: "carlsson2021semantic", title: "Semantic Re-tuning with Contrastive Tension",
        authors:
            "Fredrik Carlsson and Amaru Cuba Gyllensten and Evangelia Gogoulou and Erik Ylip{\\\"a}{\\\"a} Hellqvist "
            + "and Magnus Sahlgren",
        year: 2021, url: "https://openreview.net/forum?id=Ov_sMNau-PF")
    private static let matryoshka2d = LossPaper(
        key: "li20242d", title: "2D Matryoshka Sentence Embeddings",
        authors: "Xianming Li and Zongxi Li and Jing Li and Haoran Xie and Qing Li", year: 2024,
        url: "https://arxiv.org/abs/2402.14776")

    private static let byLoss: [String: LossPaper] = [
        "AdaptiveLayerLoss": matryoshka2d, "Matryoshka2dLoss": matryoshka2d,
        "BatchAllTripletLoss": tripletDefense, "BatchHardTripletLoss": tripletDefense,
        "BatchHardSoftMarginTripletLoss": tripletDefense, "BatchSemiHardTripletLoss": tripletDefense,
        "TripletLoss": tripletDefense, "ContrastiveLoss": contrastive, "OnlineContrastiveLoss": contrastive,
        "ContrastiveTensionLoss": contrastiveTension, "ContrastiveTensionLossInBatchNegatives": contrastiveTension,
        "CosineSimilarityLoss": sentenceBERT, "SoftmaxLoss": sentenceBERT,
        "MultipleNegativesRankingLoss": smartReply, "MultipleNegativesSymmetricRankingLoss": smartReply,
        "MultiVectorMultipleNegativesRankingLoss": smartReply, "SparseMultipleNegativesRankingLoss": smartReply,
        "AnglELoss": LossPaper(
            key: "li2024aoe", title: "AoE: Angle-optimized Embeddings for Semantic Textual Similarity",
            authors: "Xianming Li and Jing Li", year: 2024, url: "https://aclanthology.org/2024.acl-long.101/"),
        "CoSENTLoss": LossPaper(
            key: "huang2024cosent", title: "CoSENT: Consistent Sentence Embedding via Similarity Ranking",
            authors:
                "Xiang Huang and Hao Peng and Dongcheng Zou and Zhiwei Liu and Jianxin Li and Kay Liu and Jia Wu and "
                + "Jianlin Su and Philip S. Yu",
            year: 2024, url: "https://doi.org/10.1109/TASLP.2024.3402087"),
        "DenoisingAutoEncoderLoss": LossPaper(
            key: "wang2021tsdae",
            title:
                "TSDAE: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised Sentence Embedding "
                + "Learning",
            authors: "Kexin Wang and Nils Reimers and Iryna Gurevych", year: 2021,
            url: "https://arxiv.org/abs/2104.06979"),
        "DistillKLDivLoss": LossPaper(
            key: "lin2020distilling",
            title: "Distilling Dense Representations for Ranking using Tightly-Coupled Teachers",
            authors: "Sheng-Chieh Lin and Jheng-Hong Yang and Jimmy Lin", year: 2020,
            url: "https://arxiv.org/abs/2010.11386"),
        "EmbedDistillLoss": LossPaper(
            key: "kim2023embeddistill",
            title: "EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval",
            authors: "Seungyeon Kim and Ankit Singh Rawat and Manzil Zaheer and Sadeep Jayasumana and Veeranjaneyulu "
                + "Sadhanala and Wittawat Jitkrittum and Aditya Krishna Menon and Rob Fergus and Sanjiv Kumar",
            year: 2023, url: "https://arxiv.org/abs/2301.12005"),
        "FlopsLoss": LossPaper(
            key: "paria2020minimizing", title: "Minimizing FLOPs to Learn Efficient Sparse Representations",
            authors: "Biswajit Paria and Chih-Kuan Yeh and Ian E.H. Yen and Ning Xu and Pradeep Ravikumar and "
                + "Barnab{\\'a}s P{\\'o}czos",
            year: 2020, url: "https://arxiv.org/abs/2004.05665"),
        "GISTEmbedLoss": LossPaper(
            key: "solatorio2024gistembed",
            title: "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning",
            authors: "Aivin V. Solatorio", year: 2024, url: "https://arxiv.org/abs/2402.16829"),
        "GlobalOrthogonalRegularizationLoss": LossPaper(
            key: "zhang2017learning", title: "Learning Spread-out Local Feature Descriptors",
            authors: "Xu Zhang and Felix X. Yu and Sanjiv Kumar and Shih-Fu Chang", year: 2017,
            url: "https://arxiv.org/abs/1708.06320"),
        "MarginMSELoss": LossPaper(
            key: "hofstaetter2020improving",
            title: "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation",
            authors: "Sebastian Hofst{\\\"a}tter and Sophia Althammer and Michael Schr{\\\"o}der and Mete Sertkan and "
                + "Allan Hanbury",
            year: 2020, url: "https://arxiv.org/abs/2010.02666"),
        "MatryoshkaLoss": LossPaper(
            key: "kusupati2022matryoshka", title: "Matryoshka Representation Learning",
            authors: "Aditya Kusupati and Gantavya Bhatt and Aniket Rege and Matthew Wallingford and Aditya Sinha and "
                + "Vivek Ramanujan and William Howard-Snyder and Kaifeng Chen and Sham Kakade and Prateek Jain and "
                + "Ali Farhadi",
            year: 2022, url: "https://arxiv.org/abs/2205.13147"),
        "MegaBatchMarginLoss": LossPaper(
            key: "wieting2018paranmt",
            title: "ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine "
                + "Translations",
            authors: "John Wieting and Kevin Gimpel", year: 2018, url: "https://arxiv.org/abs/1711.05732"),
        "MSELoss": LossPaper(
            key: "reimers2020multilingual",
            title: "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
            authors: "Nils Reimers and Iryna Gurevych", year: 2020, url: "https://arxiv.org/abs/2004.09813"),
        "SpladeLoss": LossPaper(
            key: "formal2022distillation",
            title: "From Distillation to Hard Negative Sampling: Making Sparse Neural IR Models More Effective",
            authors: "Thibault Formal and Carlos Lassance and Benjamin Piwowarski and St{\\'e}phane Clinchant",
            year: 2022,
            url: "https://arxiv.org/abs/2205.04733"),
    ]
}
