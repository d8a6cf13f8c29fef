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
