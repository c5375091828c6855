//! Values as in JSON.
pub const N: usize = 5;
enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Int(i64),
    List(Vec<Value>),
    Text(String),
}
fn total(v: &Value) -> f64 {
    match v {
        Value::Null => 0.0,
        Value::Bool(b) => *b as u8 as f64,
        Value::Number(n) => n * n,
        Value::Int(n) => *n as f64,
        Value::List(l) => l.iter().map(total).sum::<f64>() * 0.5,
        Value::Text(t) => t.len() as f64,
    }
}
pub fn f(x: &[f64]) -> f64 {
    let mut list = vec![
        Value::Null,
        Value::Bool(true),
        Value::Int(-3),
        Value::Text("ab".to_string()),
    ];
    for x in x {
        list.push(Value::Number(x.sin()));
    }
    let inner = Value::List(vec![Value::Number(x[0] * x[1]), Value::Int(2)]);
    list.insert(1, inner);
    total(&Value::List(list)) * x[2]
}
