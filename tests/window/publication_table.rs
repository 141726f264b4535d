//! A table for a paper, saved through the dialog.

use serde_json::json;

use crate::desk::Desk;

#[test]
fn a_saved_table_is_the_latex_on_the_page_and_compiles() {
    let desk = Desk::with_sample();
    let window = desk.open();
    window.press("open-consensus-quick");
    window.press("nav-publish");
    let shown = window.text("table-latex");
    window.picture("publish");
    let file = desk.path("table.tex");
    desk.answer_dialogs(&[&file]);
    window.press("save-tex");
    let saved = window.until("the saved file", || std::fs::read_to_string(&file).ok().filter(|t| !t.is_empty()));
    let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(bare(&saved), bare(&shown));
    assert!(saved.contains("\\begin{table") && saved.contains("\\toprule"), "{saved}");
    compile(&saved);
}

/// Where LaTeX is installed, the table must be one that it takes.
fn compile(table: &str) {
    if std::process::Command::new("pdflatex").arg("--version").output().is_err() {
        println!("pdflatex is not here: the table was not compiled");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let document = format!(
        "\\documentclass{{article}}\\usepackage{{booktabs,siunitx,multirow,threeparttable}}\\begin{{document}}\n{table}\n\
         \\end{{document}}\n"
    );
    std::fs::write(folder.path().join("t.tex"), document).unwrap();
    let run = std::process::Command::new("pdflatex")
        .args(["-interaction=nonstopmode", "-halt-on-error", "t.tex"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

#[test]
fn the_analysis_of_a_metric_by_a_factor_answers_on_the_page() {
    let desk = Desk::with_sample();
    let window = desk.open();
    window.press("open-consensus-quick");
    window.press("nav-analyse");
    window.see("[data-testid='answer']");
    window.picture("analyse");
    let request =
        json!({"campaign": "consensus-quick", "metric": "communication_overhead", "by": ["consensus_protocol"]});
    let reply = window.invoke("analyze", request).unwrap();
    assert!(reply["analyses"].as_array().is_some_and(|a| a.len() >= 2), "{reply}");
}
