void sk_placeholder(void);
