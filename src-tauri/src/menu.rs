//! The native menu: the page's commands by name, from the list that the page checks against them.

use serde::Deserialize;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Manager, Wry};

use crate::window::LABEL;

const LIST: &str = include_str!("../../ui/src/lib/commands/menu.json");

#[derive(Deserialize)]
struct Group {
    title: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    title: String,
}

/// The menu. Without accelerators: the page has the shortcuts, and knows when a key is meant for a text field.
pub(crate) fn make(handle: &AppHandle) -> anyhow::Result<Menu<Wry>> {
    let mut menu = MenuBuilder::new(handle);
    for group in serde_json::from_str::<Vec<Group>>(LIST)? {
        let mut submenu = SubmenuBuilder::new(handle, group.title);
        for item in group.items {
            submenu = submenu.item(&MenuItemBuilder::with_id(item.id, item.title).build(handle)?);
        }
        menu = menu.item(&submenu.build()?);
    }
    Ok(menu.build()?)
}

/// Tells the page which command was chosen; what it means, and whether it is possible now, the page knows.
pub(crate) fn chosen(handle: &AppHandle, id: &str) {
    let Some(window) = handle.get_webview_window(LABEL) else { return };
    let detail = serde_json::Value::String(id.to_owned());
    // A page that is just loading misses a click, as any page would.
    let _ = window.eval(format!("window.dispatchEvent(new CustomEvent('ergon-command', {{ detail: {detail} }}))"));
}
