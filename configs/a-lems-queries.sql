-- The queries of A-LEMS's guide on an Ergon store, through the views runs, experiments, orchestration_tax_summary,
-- task_categories and tasks. Run one with:  ergon sql "SELECT …"
--
-- What differs:
-- * `ergon sql` has STDDEV, MEDIAN and PERCENTILE. Plain sqlite3 has none of them: the third query
--   below is STDDEV in plain SQL, in two passes (the one-pass formula with sum(x*x) loses every digit here).
-- * group_id is the campaign; exp_id is a combination of task, model and other parameters in it; provider is the model's
--   name in the spec. run_number is the replicate, from 1.
-- * total_energy_uj is NULL where nothing was read or a value was withheld, never 0; energy_provenance says what it is.
-- * orchestration_tax_summary holds valid pairs only: both runs measured, alone on the machine, not throttled. tax_percent
--   is 100·(agentic − linear)/linear of the whole energy.
-- * With n below 30 the intervals with 1.96 are too narrow; `ergon analyze` uses Student's t.

-- Summary statistics by task and provider
SELECT e.task_name, e.provider, COUNT(*) AS runs, AVG(r.dynamic_energy_uj/1e6) AS mean_energy_j,
       STDDEV(r.dynamic_energy_uj/1e6) AS std_energy_j, AVG(r.duration_ns/1e9) AS mean_duration_s,
       AVG(ots.tax_percent) AS mean_tax_pct
FROM runs r
JOIN experiments e ON r.exp_id = e.exp_id
JOIN orchestration_tax_summary ots ON r.run_id = ots.linear_run_id
GROUP BY e.task_name, e.provider, r.workflow_type;

-- Confidence intervals
WITH stats AS (
    SELECT task_name, provider, workflow_type, AVG(dynamic_energy_uj/1e6) AS mean, STDDEV(dynamic_energy_uj/1e6) AS std,
           COUNT(*) AS n
    FROM runs r JOIN experiments e ON r.exp_id = e.exp_id
    GROUP BY task_name, provider, workflow_type
)
SELECT task_name, provider, workflow_type, ROUND(mean, 3) AS mean_j, ROUND(mean - 1.96 * std/SQRT(n), 3) AS ci_lower,
       ROUND(mean + 1.96 * std/SQRT(n), 3) AS ci_upper
FROM stats;

-- The same standard deviation in plain sqlite3
SELECT task_name, workflow_type, sqrt(SUM((x - mean)*(x - mean)) / NULLIF(COUNT(x) - 1, 0)) AS std_energy_j
FROM (
    SELECT e.task_name, r.workflow_type, r.dynamic_energy_uj/1e6 AS x,
           AVG(r.dynamic_energy_uj/1e6) OVER (PARTITION BY e.task_name, r.workflow_type) AS mean
    FROM runs r JOIN experiments e ON r.exp_id = e.exp_id
)
GROUP BY task_name, workflow_type;

-- Compare linear and agentic
SELECT r.workflow_type, AVG(r.dynamic_energy_uj/1e6) AS avg_energy_j, AVG(r.duration_ns/1e9) AS avg_duration_s,
       AVG(r.ipc) AS avg_ipc
FROM runs r
WHERE r.exp_id = (SELECT MAX(exp_id) FROM experiments)
GROUP BY r.workflow_type;

-- Find experiments with a high tax
SELECT e.exp_id, e.task_name, ots.tax_percent
FROM orchestration_tax_summary ots
JOIN runs r ON ots.linear_run_id = r.run_id
JOIN experiments e ON r.exp_id = e.exp_id
WHERE ots.tax_percent > 200
ORDER BY ots.tax_percent DESC;

-- Watch progress
SELECT COUNT(*) AS total_runs, SUM(CASE WHEN workflow_type='linear' THEN 1 ELSE 0 END) AS linear,
       SUM(CASE WHEN workflow_type='agentic' THEN 1 ELSE 0 END) AS agentic
FROM runs;

-- Average time per run
SELECT AVG(duration_ns/1e9) AS avg_duration_s, COUNT(*) AS completed
FROM runs
WHERE exp_id = (SELECT MAX(exp_id) FROM experiments);

-- Last completed repetition
SELECT MAX(run_number) FROM runs
WHERE exp_id = (SELECT MAX(exp_id) FROM experiments) AND workflow_type = 'agentic';

-- Energy by category (research question 1)
SELECT tc.category,
       ROUND(AVG(CASE WHEN r.workflow_type = 'linear' THEN r.total_energy_uj/1e6 END), 3) AS linear_energy_j,
       ROUND(AVG(CASE WHEN r.workflow_type = 'agentic' THEN r.total_energy_uj/1e6 END), 3) AS agentic_energy_j
FROM runs r
JOIN experiments e ON r.exp_id = e.exp_id
LEFT JOIN task_categories tc ON e.task_name = tc.task_id
WHERE tc.category IS NOT NULL
GROUP BY tc.category;

-- Coverage of categories (gap detection); `ergon next` proposes the runs
SELECT tc.category, COUNT(r.run_id) AS cnt
FROM task_categories tc
LEFT JOIN experiments e ON tc.task_id = e.task_name
LEFT JOIN runs r ON e.exp_id = r.exp_id
GROUP BY tc.category
ORDER BY cnt ASC;

-- Everything about one run
SELECT * FROM runs WHERE run_id = (SELECT MIN(run_id) FROM runs);
