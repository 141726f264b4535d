//! Metrics out of a program's output.

use ergon_domain::{Measurement, MetricId, Observed, ProcessExit, ProcessReport, Provenance};
use regex::Regex;
use serde_json::Value as Json;

use super::settings::{MetricSetting, MetricSource, MetricType, OutputStream};

/// Reads one metric.
pub(super) struct Reader {
    metric: MetricId,
    source: MetricSource,
    key: String,
    kind: MetricType,
    of: OutputStream,
    pattern: Option<Regex>,
}

impl Reader {
    /// Err: a sentence about the pattern.
    pub(super) fn new(name: &str, setting: &MetricSetting) -> Result<Self, String> {
        let pattern = match (&setting.from, &setting.pattern) {
            (MetricSource::Regex, None) => {
                return Err("is missing; expected a regular expression with one group".into());
            }
            (MetricSource::Regex, Some(p)) => {
                let regex = Regex::new(p).map_err(|e| format!("is no regular expression: {e}"))?;
                if regex.captures_len() != 2 {
                    return Err(format!(
                        "'{p}' has {} groups; expected exactly one (…), around the number",
                        regex.captures_len() - 1
                    ));
                }
                Some(regex)
            }
            (_, Some(_)) => return Err("is read with from: regex alone; add that, or take the pattern away".into()),
            (_, None) => None,
        };
        Ok(Self {
            metric: name.into(),
            source: setting.from,
            key: setting.key.clone().unwrap_or_else(|| name.to_owned()),
            kind: setting.kind,
            of: setting.of,
            pattern,
        })
    }

    fn read(&self, report: &ProcessReport, json: Option<&Json>, stdout: &str, stderr: &str) -> Observed {
        let missing = |what: String| Observed::Unavailable(what.into());
        match self.source {
            MetricSource::Duration => Observed::value(report.duration_s),
            MetricSource::ExitCode => match report.exit {
                ProcessExit::Code(c) => Observed::Value(f64::from(c)),
                ProcessExit::Signal(s) => missing(format!("ended by signal {s}")),
            },
            MetricSource::Json => {
                let found = json.and_then(|j| self.key.split('.').try_fold(j, |at, part| at.get(part)));
                match found {
                    None => missing(format!("no key '{}' in the program's JSON", self.key)),
                    Some(Json::Null) => missing(format!("'{}' is null", self.key)),
                    Some(Json::Number(n)) => {
                        n.as_f64().map_or_else(|| missing(format!("'{n}' is too large")), Observed::value)
                    }
                    Some(Json::Bool(b)) => Observed::Value(f64::from(u8::from(*b))),
                    Some(Json::String(s)) => self.parse(s),
                    Some(_) => missing(format!("'{}' is not a number", self.key)),
                }
            }
            MetricSource::KeyValue => {
                let needle = format!("{}=", self.key);
                let value = stdout.lines().rev().find_map(|line| {
                    // The key must stand alone: `val_loss=` and `val-loss=` are not `loss=`.
                    let begins = |at: usize| {
                        line[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || ",;([{|\"'".contains(c))
                    };
                    let (at, _) = line.rmatch_indices(&needle).find(|(at, _)| begins(*at))?;
                    let after = &line[at + needle.len()..];
                    after.split(|c: char| c.is_whitespace() || ",;)]}|\"'".contains(c)).next().map(str::to_owned)
                });
                value.map_or_else(|| missing(format!("no '{}=' on standard output", self.key)), |v| self.parse(&v))
            }
            MetricSource::Regex => {
                let text = match self.of {
                    OutputStream::Stdout => stdout,
                    OutputStream::Stderr => stderr,
                };
                let found = self.pattern.as_ref().and_then(|p| p.captures_iter(text).last()).and_then(|c| c.get(1));
                found.map_or_else(|| missing("the pattern was not found".into()), |m| self.parse(m.as_str()))
            }
        }
    }

    fn parse(&self, text: &str) -> Observed {
        let text = text.trim();
        let number = match self.kind {
            MetricType::Int => text.parse::<i64>().ok().map(|i| i as f64),
            MetricType::Real => text.parse::<f64>().ok(),
            MetricType::Bool => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(1.0),
                "false" | "no" | "0" => Some(0.0),
                _ => None,
            },
        };
        let shown: String = text.chars().take(60).collect();
        match number {
            Some(x) if x.is_finite() => Observed::Value(x),
            Some(_) => Observed::Undefined(format!("the program said {shown}").into()),
            None => Observed::Unavailable(format!("'{shown}' is not a number").into()),
        }
    }
}

/// The last line that isn't blank, shortened.
pub(super) fn last_line(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().rev().find(|l| !l.trim().is_empty())?.trim();
    Some(line.chars().take(200).collect())
}

/// All metrics. Err: the output can't be read at all, in a sentence.
pub(super) fn read_all(
    readers: &[Reader],
    report: &ProcessReport,
    metrics_file: Option<&str>,
) -> Result<Vec<Measurement>, String> {
    let stdout = String::from_utf8_lossy(&report.stdout);
    let stderr = String::from_utf8_lossy(&report.stderr);
    let wants_json = readers.iter().any(|r| r.source == MetricSource::Json);
    let json = match (wants_json, metrics_file) {
        (false, _) => None,
        (true, Some(file)) => {
            let bytes = report.read_back.as_ref().ok_or_else(|| {
                format!("the program left no {file} in its run folder ({{run_dir}}, also $ERGON_RUN_DIR)")
            })?;
            let text = String::from_utf8_lossy(bytes);
            Some(parse_json(&text).map_err(|e| format!("{file} is not JSON: {e}"))?)
        }
        (true, None) => Some(last_json_object(&stdout)?),
    };
    let read = |r: &Reader| {
        Measurement::new(r.metric.clone(), r.read(report, json.as_ref(), &stdout, &stderr), Provenance::Measured)
    };
    Ok(readers.iter().map(read).collect())
}

/// The last line that begins an object. If it can't be read, no earlier one stands in for it: that would be another
/// moment's numbers.
fn last_json_object(stdout: &str) -> Result<Json, String> {
    let line = stdout.lines().rev().find(|l| l.trim_start().starts_with('{')).ok_or_else(|| {
        let last = last_line(stdout.as_bytes()).unwrap_or_else(|| "(nothing)".into());
        format!("no line of standard output is a JSON object; its last line: {last}")
    })?;
    parse_json(line.trim()).map_err(|e| {
        let shown: String = line.chars().take(200).collect();
        format!("the last line that begins a JSON object can't be read ({e}): {shown}")
    })
}

/// JSON, and what Python's `json` writes for numbers that JSON doesn't have: `NaN`, `Infinity`, `-Infinity` become text,
/// which reads as undefined.
fn parse_json(text: &str) -> Result<Json, serde_json::Error> {
    let strict = serde_json::from_str(text);
    if strict.is_ok() || !(text.contains("NaN") || text.contains("Infinity")) {
        return strict;
    }
    let (mut out, mut rest, mut in_string) = (String::with_capacity(text.len() + 16), text, false);
    while let Some(c) = rest.chars().next() {
        let word = ["NaN", "-Infinity", "Infinity"].into_iter().find(|w| !in_string && rest.starts_with(w));
        let taken = match (word, c) {
            (Some(word), _) => {
                out.push('"');
                out.push_str(word);
                out.push('"');
                word.len()
            }
            (None, '\\') if in_string => {
                let two: String = rest.chars().take(2).collect();
                out.push_str(&two);
                two.len()
            }
            (None, c) => {
                in_string ^= c == '"';
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    serde_json::from_str(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(stdout: &str) -> ProcessReport {
        ProcessReport {
            exit: ProcessExit::Code(0),
            duration_s: 1.5,
            cpu_s: None,
            stdout: stdout.as_bytes().to_vec(),
            stdout_dropped: 0,
            stderr: b"warning: 12 items".to_vec(),
            stderr_dropped: 0,
            read_back: None,
            artefacts: Vec::new(),
        }
    }

    fn observed(setting: &str, stdout: &str) -> Observed {
        let reader = Reader::new("m", &serde_json::from_str(setting).unwrap()).unwrap();
        read_all(&[reader], &report(stdout), None).unwrap().remove(0).observed
    }

    #[test]
    fn each_source_reads_its_number() {
        for (setting, stdout, expected) in [
            (r#"{}"#, "{\"m\": 1}\nnoise\n{\"m\": 2.5}\n", 2.5),
            (r#"{"key":"a.b"}"#, r#"{"a":{"b":true}}"#, 1.0),
            (r#"{"from":"key_value","key":"loss"}"#, "epoch=1 loss=0.5\nepoch=2 loss=0.25, lr=1\n", 0.25),
            (r#"{"from":"key_value","key":"loss"}"#, "loss=9 start\nloss=0.25 val_loss=0.5 val-loss=7\n", 0.25),
            (r#"{"from":"regex","pattern":"(\\d+) items","of":"stderr","type":"int"}"#, "", 12.0),
            (r#"{"from":"exit_code"}"#, "", 0.0),
            (r#"{"from":"duration"}"#, "", 1.5),
        ] {
            assert_eq!(observed(setting, stdout), Observed::Value(expected), "{setting}");
        }
    }

    #[test]
    fn a_missing_number_is_never_zero() {
        for (setting, stdout) in [
            (r#"{}"#, r#"{"other": 1}"#),
            (r#"{}"#, r#"{"m": null}"#),
            (r#"{}"#, r#"{"m": "NaN"}"#),
            (r#"{}"#, "{\"m\": 99}\n{\"m\": NaN, \"s\": \"a \\\" NaN\"}"),
            (r#"{}"#, "{\"m\": 99}\n{\"m\": -Infinity}"),
            (r#"{"from":"key_value"}"#, "xm=3"),
        ] {
            let got = observed(setting, stdout);
            assert!(matches!(got, Observed::Unavailable(_) | Observed::Undefined(_)), "{setting} {stdout}: {got:?}");
        }
    }

    #[test]
    fn output_without_json_is_a_malformed_reply() {
        let reader = Reader::new("m", &MetricSetting::default()).unwrap();
        let said = read_all(&[reader], &report("done\n"), None).unwrap_err();
        assert_eq!(said, "no line of standard output is a JSON object; its last line: done");
    }

    #[test]
    fn an_unreadable_last_line_is_not_replaced_by_an_earlier_one() {
        let reader = Reader::new("m", &MetricSetting::default()).unwrap();
        let said = read_all(&[reader], &report("{\"m\": 99}\n{\"m\": 1"), None).unwrap_err();
        assert!(said.contains("can't be read"), "{said}");
    }

    #[test]
    fn a_pattern_must_have_one_group() {
        let setting =
            |p: &str| MetricSetting { from: MetricSource::Regex, pattern: Some(p.into()), ..Default::default() };
        assert!(Reader::new("m", &setting("a(b")).is_err());
        assert!(Reader::new("m", &setting("ab")).is_err());
        assert!(Reader::new("m", &setting("(a)b")).is_ok());
    }
}
