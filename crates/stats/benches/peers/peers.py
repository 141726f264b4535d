"""Times scipy, statsmodels, pingouin and lifelines on the cases of `speed.rs`, on the files of the folder given.

Prints `case | library | best ms | result`. One process, one case at a time; the best of at least
five runs within a third of a second. Run by `table.py`.
"""

import os
import sys
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import lifelines
import lifelines.statistics
import numpy as np
import pandas as pd
import pingouin
import scipy.stats as st
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.stats.multicomp import pairwise_tukeyhsd
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings("ignore")
FOLDER = sys.argv[1]


def read(name):
    return pd.read_csv(os.path.join(FOLDER, name))


def best(case, library, work, most=1000):
    fastest, begun, rounds, value = float("inf"), time.perf_counter(), 0, None
    while rounds < min(5, most) or (time.perf_counter() - begun < 0.3 and rounds < most):
        start = time.perf_counter()
        value = work()
        fastest = min(fastest, time.perf_counter() - start)
        rounds += 1
    print(f"{case} | {library} | {fastest * 1e3:.4f} | {float(value)!r}", flush=True)


a, b = (np.loadtxt(os.path.join(FOLDER, f"welch_{s}.csv"), delimiter=",") for s in "AB")
best("welch x 1000", "scipy, vectorised", lambda: st.ttest_ind(a, b, axis=1, equal_var=False).pvalue.sum())

m = read("mwu.csv")
u1, u2, t1, t2 = (m[c].to_numpy() for c in ("u1", "u2", "u1t", "u2t"))
best("mann_whitney 1000", "scipy", lambda: st.mannwhitneyu(u1, u2, method="asymptotic").pvalue)
best("mann_whitney 1000 tied", "scipy", lambda: st.mannwhitneyu(t1, t2, method="asymptotic").pvalue)
best("wilcoxon 1000", "scipy", lambda: st.wilcoxon(u1 - u2, method="asymptotic").pvalue)
best("spearman 1000", "scipy", lambda: st.spearmanr(u1, u2).pvalue)
best("kendall 1000", "scipy", lambda: st.kendalltau(u1, u2).pvalue)
best("shapiro_wilk 1000", "scipy", lambda: st.shapiro(u1).pvalue)

long = read("tukey.csv")
groups = [g["y"].to_numpy() for _, g in long.groupby("g")]


def tukey():
    result = st.tukey_hsd(*groups)
    result.confidence_interval()
    return result.pvalue[0, 1]


best("kruskal_wallis 5x200", "scipy", lambda: st.kruskal(*groups).pvalue)
best("tukey_hsd 5x200", "scipy", tukey)
best("tukey_hsd 5x200", "statsmodels", lambda: pairwise_tukeyhsd(long["y"], long["g"]).pvalues[0])
best("games_howell 5x200", "pingouin", lambda: pingouin.pairwise_gameshowell(long, dv="y", between="g")["pval"][0])

rm = read("rm.csv")
wide = rm.pivot(index="s", columns="c", values="y").to_numpy()


def rm_anova():
    table = pingouin.rm_anova(rm, dv="y", within="c", subject="s", correction=True)
    return table[[c for c in table.columns if "GG" in c][0]][0]


best("anova_rm 100x4", "pingouin", rm_anova)
best("friedman 100x4", "scipy", lambda: st.friedmanchisquare(*wide.T).pvalue)
best("fisher_exact x 100", "scipy", lambda: sum(st.fisher_exact([[8, 2], [1, 5]]).pvalue for _ in range(100)))
p = ((np.arange(10_000) * 7919 % 10_000 + 0.5) / 1e4) ** 2
best("holm 10000", "statsmodels", lambda: multipletests(p, method="holm")[1][0])
best("benjamini_hochberg 10000", "statsmodels", lambda: multipletests(p, method="fdr_bh")[1][0])
best("benjamini_hochberg 10000", "scipy", lambda: st.false_discovery_control(p)[0])
best("studentized_range.sf", "scipy", lambda: st.studentized_range.sf(3.5, 4, 60))
best("noncentral_f.sf", "scipy", lambda: st.ncf.sf(3.0, 3, 96, 11))

boot = read("boot.csv")
x, y = boot["x"].to_numpy(), boot["y"].to_numpy()
best("mann_whitney exact 200+200", "scipy, cold", lambda: st.mannwhitneyu(x, y, method="exact").pvalue, 1)


def permutation():
    rng, pool = np.random.default_rng(0), np.concatenate([x, y])
    observed, hits, total = abs(x.mean() - y.mean()), 1, pool.sum()
    for _ in range(100):
        first = rng.permuted(np.tile(pool, (1000, 1)), axis=1)[:, : len(x)].sum(axis=1)
        hits += int((abs(first / len(x) - (total - first) / len(y)) >= observed - 1e-12).sum())
    return hits / 100_001


def bca(statistic):
    options = dict(n_resamples=10_000, method="BCa", rng=0)
    difference = lambda p, q, axis=-1: statistic(p, axis=axis) - statistic(q, axis=axis)
    return st.bootstrap((x, y), difference, vectorized=True, **options).confidence_interval.low


best("permutation 100000", "numpy", permutation, 2)
best("bca means 10000", "scipy, vectorised", lambda: bca(np.mean), 5)
best("bca medians 10000", "scipy, vectorised", lambda: bca(np.median), 3)

two = read("anova2.csv")
best("anova_twoway 2400", "statsmodels", lambda: sm.stats.anova_lm(smf.ols("y ~ C(a) * C(b)", two).fit(), typ=2)["F"].iloc[0])
design = pd.get_dummies(two["a"] + two["b"], drop_first=True, dtype=float).to_numpy()
design = np.column_stack([np.ones(len(two)), design])
response = two["y"].to_numpy()


def hc3():
    fit = sm.OLS(response, design).fit(cov_type="HC3")
    fit.pvalues
    return fit.rsquared


best("ols 12 columns HC3 2400", "statsmodels, arrays", hc3)
mixed = read("mixed.csv")
best("lmm 2400", "statsmodels", lambda: smf.mixedlm("y ~ x", mixed, groups="g").fit().params["x"])
logit = read("logit.csv")
columns = sm.add_constant(logit[["x1", "x2", "x3"]].to_numpy())
binary = logit["y"].to_numpy()


def logistic():
    fit = sm.Logit(binary, columns).fit(disp=0)
    fit.pvalues
    return fit.params[1]


best("logistic 2400x3", "statsmodels, arrays", logistic)
surv = read("surv.csv")
arms = [surv[surv["arm"] == level] for level in (0, 1)]


def kaplan_meier():
    return sum(lifelines.KaplanMeierFitter().fit(s["T"], s["E"]).median_survival_time_ for s in arms)


best("kaplan_meier 2000", "lifelines", kaplan_meier)
best("log_rank 2000", "lifelines", lambda: lifelines.statistics.multivariate_logrank_test(surv["T"], surv["arm"], surv["E"]).test_statistic)
best("cox_ph 2000x3", "lifelines", lambda: lifelines.CoxPHFitter().fit(surv, "T", "E").params_["arm"], 5)
