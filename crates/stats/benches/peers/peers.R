# Times base R, lme4 and survival on the cases of speed.rs, on the files of the folder given.
# Prints `case | library | best ms | result`. Run by table.py.
suppressPackageStartupMessages({ library(lme4); library(survival) })
folder <- commandArgs(TRUE)[1]
csv <- function(name) read.csv(file.path(folder, name), stringsAsFactors = TRUE)
best <- function(case, library, work, most = 1000) {
  fastest <- Inf; begun <- Sys.time(); rounds <- 0
  while (rounds < min(5, most) || (Sys.time() - begun < 0.3 && rounds < most)) {
    start <- Sys.time(); value <- work()
    fastest <- min(fastest, as.numeric(difftime(Sys.time(), start, units = "secs"))); rounds <- rounds + 1
  }
  cat(sprintf("%s | %s | %.4f | %.16g\n", case, library, fastest * 1e3, value))
}
mwu <- csv("mwu.csv"); tukey <- csv("tukey.csv"); boot <- csv("boot.csv"); two <- csv("anova2.csv")
mixed <- csv("mixed.csv"); logit <- csv("logit.csv"); surv <- csv("surv.csv")
rm <- as.matrix(reshape(csv("rm.csv"), idvar = "s", timevar = "c", direction = "wide")[, -1])
best("mann_whitney 1000", "R", function() wilcox.test(mwu$u1, mwu$u2, exact = FALSE)$p.value)
best("wilcoxon 1000", "R", function() wilcox.test(mwu$u1, mwu$u2, paired = TRUE, exact = FALSE, correct = FALSE)$p.value)
best("mann_whitney exact 200+200", "R", function() wilcox.test(boot$x, boot$y, exact = TRUE)$p.value, 2)
best("spearman 1000", "R", function() cor.test(mwu$u1, mwu$u2, method = "spearman", exact = FALSE)$p.value)
best("kendall 1000", "R", function() cor.test(mwu$u1, mwu$u2, method = "kendall", exact = FALSE)$p.value)
best("shapiro_wilk 1000", "R", function() shapiro.test(mwu$u1)$p.value)
best("kruskal_wallis 5x200", "R", function() kruskal.test(y ~ g, tukey)$p.value)
best("tukey_hsd 5x200", "R", function() TukeyHSD(aov(y ~ g, tukey))$g[1, 4])
best("friedman 100x4", "R", function() friedman.test(rm)$p.value)
best("fisher_exact x 100", "R", function() { s <- 0; for (i in 1:100) s <- s + fisher.test(matrix(c(8, 1, 2, 5), 2))$p.value; s })
p <- ((((0:9999) * 7919) %% 10000 + 0.5) / 1e4)^2
best("holm 10000", "R", function() p.adjust(p, "holm")[1])
best("benjamini_hochberg 10000", "R", function() p.adjust(p, "BH")[1])
best("studentized_range.sf", "R", function() ptukey(3.5, 4, 60, lower.tail = FALSE))
best("noncentral_f.sf", "R", function() pf(3, 3, 96, 11, lower.tail = FALSE))
best("anova_twoway 2400", "R, sequential", function() anova(lm(y ~ a * b, two))$F[1])
best("lmm 2400", "lme4", function() fixef(lmer(y ~ x + (1 | g), mixed))[["x"]])
best("logistic 2400x3", "R", function() coef(summary(glm(y ~ x1 + x2 + x3, binomial, logit)))[2, 1])
best("kaplan_meier 2000", "survival", function() sum(summary(survfit(Surv(T, E) ~ arm, surv))$table[, "median"]))
best("log_rank 2000", "survival", function() survdiff(Surv(T, E) ~ arm, surv)$chisq)
best("cox_ph 2000x3", "survival", function() coef(coxph(Surv(T, E) ~ arm + age + sev, surv))[["arm"]])
