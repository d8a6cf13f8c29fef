use std::collections::HashMap;

/// Height of the tide in metres, from the hours since high water: the rule of twelfths.
pub fn height(hours_since_high: f64, low: f64, high: f64) -> f64 {
    let range = high - low;
    let twelfths = match hours_since_high as u32 {
        0 => 0.0,
        1 => 1.0,
        2 => 3.0,
        3 => 6.0,
        4 => 9.0,
        5 => 11.0,
        _ => 12.0,
    };
    high - range * twelfths / 12.0
}

pub fn terrace_open(hours_since_high: f64, low: f64, high: f64) -> bool {
    height(hours_since_high, low, high) < 3.2
}

/// One line of the almanac: "06:12 high 4.1".
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    pub at: &'a str,
    pub kind: char,
    pub metres: Option<f64>,
}

pub fn parse<'a>(line: &'a str) -> Result<Entry<'a>, String> {
    let parts: Vec<&'a str> = line.split(' ').collect();
    if parts.len() != 3 {
        return Err(format!("not a line of the almanac (three words): {:?}", line));
    }
    let kind = if parts[1].starts_with("high") { 'h' } else { 'l' };
    Ok(Entry { at: parts[0], kind, metres: parts[2].parse().ok() })
}

pub fn by_kind(entries: &[Entry<'_>]) -> HashMap<char, Vec<f64>> {
    let mut found: HashMap<char, Vec<f64>> = HashMap::new();
    for entry in entries.iter().filter(|entry| entry.metres.is_some()) {
        found.entry(entry.kind).or_insert_with(Vec::new).push(entry.metres.unwrap());
    }
    println!(r#"{} kinds, the "lowest" first: {:?}"#, found.len(), found.keys());
    found
}
