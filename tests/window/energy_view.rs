//! The Energy view: live power with where it comes from, power at rest, a campaign's footprint.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::desk::Desk;
use crate::live_chart::{fake_sensor, watts};

#[test]
fn power_is_shown_as_measured_with_its_temperature_and_power_at_rest_is_found() {
    let desk = Desk::with_sample();
    fake_sensor(&desk, Arc::new(AtomicU64::new(30)));
    let sensor = desk.path("sysfs/class/hwmon/hwmon0");
    std::fs::create_dir_all(&sensor).unwrap();
    std::fs::write(sensor.join("name"), "coretemp\n").unwrap();
    std::fs::write(sensor.join("temp1_input"), "48000\n").unwrap();
    let window = desk.open();
    window.press("open-consensus-quick");
    window.press("nav-energy");
    window.until("30 W", || watts(&window.text("energy-power-now")).filter(|w| (w - 30.0).abs() <= 3.0));
    window.see("[data-testid='power-stack'][data-hatched='false']");
    window.until("48 °C", || (window.text("temperature-now") == "48 °C").then_some(()));
    window.script(
        "const field = document.querySelector(\"input[type='number'][max='600']\"); field.value = 3; \
         field.dispatchEvent(new Event('input', { bubbles: true }));",
    );
    window.press("measure-idle");
    let found =
        window.until("power at rest", || window.shows("[data-testid='idle-found']").then(|| window.text("idle-found")));
    assert!(found.contains("package-0") && found.contains("measured"), "{found}");
    window.see("[data-testid='footprint']");
    window.picture("energy");
}

#[test]
fn without_a_sensor_the_chart_is_hatched_and_says_estimated() {
    let desk = Desk::with_sample();
    let window = desk.open();
    window.press("nav-energy");
    window.see("[data-testid='power-stack'][data-hatched='true']");
    window.see(".pv.e");
    window.picture("energy-estimated");
}
