# Reference values of tests/quantile_regression.rs: `Rscript quantile_regression.R`, R 4.2.2, quantreg 5.94.
# Data from a formula that both sides compute exactly alike: no file to keep in step.
suppressPackageStartupMessages(library(quantreg))
i <- 0:59
x1 <- ((i * 37) %% 61) / 10
x2 <- ((i * 17) %% 29) / 4
y <- 2 + 0.5 * x1 - 0.25 * x2 + (((i * 53) %% 97) - 48) / 16 * (1 + x1 / 4) + sqrt((i * 29) %% 101) / 7
for (tau in c(0.13, 0.5, 0.77)) {
  fit <- rq(y ~ x1 + x2, tau = tau)
  # Powell's kernel sandwich with the bandwidth of Hall and Sheather.
  s <- summary(fit, se = "ker")$coefficients
  null <- rq(y ~ 1, tau = tau)
  cat(tau, "objective", sprintf("%.16g", fit$rho), "R1", sprintf("%.16g", 1 - fit$rho / null$rho), "\n")
  for (row in 1:3) cat(sprintf("  (%.16g, %.16g, %.16g),\n", s[row, 1], s[row, 2], s[row, 4]))
}
