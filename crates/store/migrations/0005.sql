-- What the machine took in the named stretches of attempts, and views under the names of A-LEMS.

-- Columns as in metric_value; name_id: the resource's name, which ends in its unit.
CREATE TABLE span_resource (
    attempt_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    name_id INTEGER NOT NULL REFERENCES phrase(id),
    kind INTEGER NOT NULL,
    value REAL,
    provenance INTEGER NOT NULL,
    lo REAL,
    hi REAL,
    source_id INTEGER REFERENCES phrase(id),
    reason_id INTEGER REFERENCES phrase(id),
    flags_id INTEGER REFERENCES phrase(id),
    PRIMARY KEY (attempt_id, ordinal, name_id),
    FOREIGN KEY (attempt_id, ordinal) REFERENCES span(attempt_id, ordinal)
) STRICT, WITHOUT ROWID;

-- One row a resource of a span, for people with sqlite3; a span without any is one row.
CREATE VIEW span_long AS
SELECT c.slug AS campaign, lower(hex(r.key)) AS run, a.number AS attempt, p.ordinal, p.name AS span, p.start_s, p.end_s,
       n.text AS resource,
       CASE v.kind WHEN 0 THEN 'value' WHEN 1 THEN 'censored' WHEN 2 THEN 'undefined' WHEN 3 THEN 'unavailable' END AS observation,
       v.value, v.lo, v.hi,
       CASE v.provenance WHEN 0 THEN 'measured' WHEN 1 THEN 'derived' WHEN 2 THEN 'estimated' WHEN 3 THEN 'simulated' END AS provenance,
       s.text AS source, w.text AS reason, f.text AS flags
FROM span p
JOIN attempt a ON a.id = p.attempt_id
JOIN run r ON r.id = a.run_id
JOIN campaign c ON c.id = r.campaign_id
LEFT JOIN span_resource v ON v.attempt_id = p.attempt_id AND v.ordinal = p.ordinal
LEFT JOIN phrase n ON n.id = v.name_id
LEFT JOIN phrase s ON s.id = v.source_id
LEFT JOIN phrase w ON w.id = v.reason_id
LEFT JOIN phrase f ON f.id = v.flags_id;

-- A-LEMS's names, so that the queries of its guide work here. Energy is in microjoules there; where nothing was read or a
-- value was withheld, the column is NULL and never 0. `energy_provenance` says what a joule is.

-- Its categories and levels of tasks.
CREATE VIEW task_categories AS
SELECT column1 AS task_id, column2 AS category, column3 AS level FROM (VALUES
    ('gsm8k_basic', 'reasoning', 1), ('gsm8k_multi_step', 'reasoning', 2), ('logical_reasoning', 'reasoning', 2),
    ('commonsense_reasoning', 'reasoning', 1), ('code_output', 'coding', 2), ('code_expression', 'coding', 2),
    ('bug_fixing', 'coding', 2), ('factual_qa', 'qa', 1), ('science_qa', 'qa', 1), ('geography_qa', 'qa', 1),
    ('news_summary', 'summarization', 1), ('research_summary', 'summarization', 2),
    ('sentiment_analysis', 'classification', 1), ('topic_classification', 'classification', 1),
    ('entity_extraction', 'extraction', 1), ('keyword_extraction', 'extraction', 1),
    ('unit_conversion', 'tools', 1), ('calendar_arithmetic', 'tools', 2), ('table_lookup', 'tools', 2));

CREATE VIEW tasks AS SELECT task_id AS id, category, level FROM task_categories;

-- One row a combination of parameters but for the way of working; group_id: the campaign.
CREATE VIEW experiments AS
SELECT min(k.id) AS exp_id, c.slug AS group_id, json_extract(k.parameters, '$.task') AS task_name,
       json_extract(k.parameters, '$.model') AS provider, json_extract(k.parameters, '$.model') AS model_name,
       json_remove(k.parameters, '$.workflow') AS parameters, min(k.campaign_id) AS campaign_id
FROM condition k JOIN campaign c ON c.id = k.campaign_id
WHERE c.workload = 'workflow'
GROUP BY k.campaign_id, json_remove(k.parameters, '$.workflow');

-- One row a run that succeeded.
CREATE VIEW runs AS
WITH taken AS (
    SELECT v.attempt_id,
           max(CASE WHEN n.text = 'energy_j' AND v.kind = 0 THEN v.value END) AS energy_j,
           max(CASE WHEN n.text = 'energy_j' AND v.kind = 0 THEN v.provenance END) AS provenance,
           max(CASE WHEN n.text = 'dynamic_energy_j' AND v.kind = 0 THEN v.value END) AS dynamic_j,
           max(CASE WHEN n.text = 'dynamic_energy_j' AND v.kind = 0 THEN v.provenance END) AS dynamic_provenance,
           max(CASE WHEN n.text = 'dynamic_energy_j' THEN f.text END) AS flags,
           max(CASE WHEN n.text = 'idle_energy_j' AND v.kind = 0 THEN v.value END) AS idle_j,
           max(CASE WHEN n.text = 'package_energy_j' AND v.kind = 0 THEN v.value END) AS package_j,
           max(CASE WHEN n.text = 'core_energy_j' AND v.kind = 0 THEN v.value END) AS core_j,
           max(CASE WHEN n.text = 'uncore_energy_j' AND v.kind = 0 THEN v.value END) AS uncore_j,
           max(CASE WHEN n.text = 'dram_energy_j' AND v.kind = 0 THEN v.value END) AS dram_j,
           max(CASE WHEN n.text = 'average_power_w' AND v.kind = 0 THEN v.value END) AS power_w,
           max(CASE WHEN n.text = 'instructions' AND v.kind = 0 THEN v.value END) AS instructions,
           max(CASE WHEN n.text = 'cycles' AND v.kind = 0 THEN v.value END) AS cycles,
           max(CASE WHEN n.text = 'instructions_per_cycle' AND v.kind = 0 THEN v.value END) AS ipc,
           max(CASE WHEN n.text = 'cache_miss_percent' AND v.kind = 0 THEN v.value END) AS cache_miss_rate,
           max(CASE WHEN n.text = 'minor_faults' AND v.kind = 0 THEN v.value END) AS minor_faults,
           max(CASE WHEN n.text = 'major_faults' AND v.kind = 0 THEN v.value END) AS major_faults,
           max(CASE WHEN n.text = 'voluntary_switches' AND v.kind = 0 THEN v.value END) AS voluntary,
           max(CASE WHEN n.text = 'involuntary_switches' AND v.kind = 0 THEN v.value END) AS involuntary,
           max(CASE WHEN n.text = 'run_queue_length' AND v.kind = 0 THEN v.value END) AS run_queue_length,
           max(CASE WHEN n.text = 'interrupts_per_s' AND v.kind = 0 THEN v.value END) AS interrupt_rate,
           max(CASE WHEN n.text = 'temperature_start_c' AND v.kind = 0 THEN v.value END) AS start_temp_c,
           max(CASE WHEN n.text = 'temperature_max_c' AND v.kind = 0 THEN v.value END) AS max_temp_c,
           max(CASE WHEN n.text = 'c2_residency_percent' AND v.kind = 0 THEN v.value END) AS c2,
           max(CASE WHEN n.text = 'c3_residency_percent' AND v.kind = 0 THEN v.value END) AS c3,
           max(CASE WHEN n.text = 'c6_residency_percent' AND v.kind = 0 THEN v.value END) AS c6,
           max(CASE WHEN n.text = 'c7_residency_percent' AND v.kind = 0 THEN v.value END) AS c7
    FROM attempt_resource v JOIN phrase n ON n.id = v.name_id LEFT JOIN phrase f ON f.id = v.flags_id
    GROUP BY v.attempt_id
), metrics AS (
    SELECT v.run_id,
           max(CASE WHEN m.name = 'total_tokens' THEN v.value END) AS total_tokens,
           max(CASE WHEN m.name = 'prompt_tokens' THEN v.value END) AS prompt_tokens,
           max(CASE WHEN m.name = 'completion_tokens' THEN v.value END) AS completion_tokens,
           max(CASE WHEN m.name = 'llm_calls' THEN v.value END) AS llm_calls,
           max(CASE WHEN m.name = 'tool_calls' THEN v.value END) AS tool_calls,
           max(CASE WHEN m.name = 'steps' THEN v.value END) AS steps,
           max(CASE WHEN m.name = 'complexity_score' THEN v.value END) AS complexity_score,
           max(CASE WHEN m.name = 'complexity_level' THEN v.value END) AS complexity_level,
           max(CASE WHEN m.name = 'correct' THEN v.value END) AS correct,
           max(CASE WHEN m.name = 'api_latency_s' THEN v.value END) AS api_latency_s,
           max(CASE WHEN m.name = 'planning_time_s' THEN v.value END) AS planning_s,
           max(CASE WHEN m.name = 'execution_time_s' THEN v.value END) AS execution_s,
           max(CASE WHEN m.name = 'synthesis_time_s' THEN v.value END) AS synthesis_s,
           max(v.provenance) AS weakest
    FROM metric_value v JOIN metric m ON m.id = v.metric_id WHERE v.kind = 0 GROUP BY v.run_id
)
SELECT r.id AS run_id, lower(hex(r.key)) AS ergon_run, e.exp_id, r.replicate + 1 AS run_number,
       json_extract(k.parameters, '$.workflow') AS workflow_type, a.started_us * 1000 AS start_time_ns,
       CAST(a.duration_s * 1e9 AS INTEGER) AS duration_ns,
       t.energy_j * 1e6 AS total_energy_uj, t.dynamic_j * 1e6 AS dynamic_energy_uj, t.idle_j * 1e6 AS baseline_energy_uj,
       t.package_j * 1e6 AS pkg_energy_uj, t.core_j * 1e6 AS core_energy_uj, t.uncore_j * 1e6 AS uncore_energy_uj,
       t.dram_j * 1e6 AS dram_energy_uj, t.power_w AS avg_power_watts,
       CASE t.provenance WHEN 0 THEN 'measured' WHEN 1 THEN 'derived' WHEN 2 THEN 'estimated' WHEN 3 THEN 'simulated' END AS energy_provenance,
       t.flags AS energy_flags, t.dynamic_j / nullif(m.total_tokens, 0) AS energy_per_token,
       t.dynamic_j / nullif(t.instructions, 0) AS energy_per_instruction,
       t.instructions / nullif(m.total_tokens, 0) AS instructions_per_token,
       t.instructions, t.cycles, t.ipc, t.cache_miss_rate, t.minor_faults + t.major_faults AS page_faults,
       t.voluntary AS context_switches_voluntary, t.involuntary AS context_switches_involuntary, t.run_queue_length,
       t.interrupt_rate, t.start_temp_c, t.max_temp_c, t.max_temp_c - t.start_temp_c AS thermal_delta_c,
       t.c2 / 100 * a.duration_s AS c2_time_seconds, t.c3 / 100 * a.duration_s AS c3_time_seconds,
       t.c6 / 100 * a.duration_s AS c6_time_seconds, t.c7 / 100 * a.duration_s AS c7_time_seconds,
       m.total_tokens, m.prompt_tokens, m.completion_tokens, m.llm_calls, m.tool_calls, m.steps, m.complexity_score,
       m.complexity_level, m.correct, m.api_latency_s * 1e3 AS api_latency_ms, m.planning_s * 1e3 AS planning_time_ms,
       m.execution_s * 1e3 AS execution_time_ms, m.synthesis_s * 1e3 AS synthesis_time_ms,
       CASE m.weakest WHEN 3 THEN 'simulated' WHEN 2 THEN 'estimated' WHEN 1 THEN 'derived' ELSE 'measured' END AS metrics_provenance
FROM run r
JOIN condition k ON k.id = r.condition_id
JOIN campaign c ON c.id = r.campaign_id AND c.workload = 'workflow'
JOIN experiments e ON e.campaign_id = r.campaign_id AND e.parameters = json_remove(k.parameters, '$.workflow')
JOIN attempt a ON a.run_id = r.id AND a.state = 'succeeded'
LEFT JOIN taken t ON t.attempt_id = a.id
LEFT JOIN metrics m ON m.run_id = r.id
WHERE r.state = 'succeeded' AND r.in_plan = 1;

-- Valid pairs only: the same experiment and replicate, both measured on a machine of their own. A-LEMS's own column of
-- this name was energy of the uncore.
CREATE VIEW orchestration_tax_summary AS
SELECT l.run_id AS linear_run_id, g.run_id AS agentic_run_id, l.exp_id, l.run_number,
       l.total_energy_uj AS linear_energy_uj, g.total_energy_uj AS agentic_energy_uj,
       g.total_energy_uj - l.total_energy_uj AS orchestration_tax_uj,
       100.0 * (g.total_energy_uj - l.total_energy_uj) / nullif(l.total_energy_uj, 0) AS tax_percent,
       g.total_energy_uj / nullif(l.total_energy_uj, 0) AS tax_multiplier
FROM runs l JOIN runs g ON g.exp_id = l.exp_id AND g.run_number = l.run_number
WHERE l.workflow_type = 'linear' AND g.workflow_type = 'agentic'
  AND l.energy_provenance IN ('measured', 'derived') AND g.energy_provenance IN ('measured', 'derived')
  AND instr(coalesce(l.energy_flags, '') || coalesce(g.energy_flags, ''), 'concurrent') = 0
  AND instr(coalesce(l.energy_flags, '') || coalesce(g.energy_flags, ''), 'throttled') = 0;
