"""Functions that are called, closures, trait objects and pointers to functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.numbers import float_, integer, test
from fuzz.scope import Scope, Sequence, Shape, statement
from fuzz.tree import Kind, Node
from fuzz.types import structure, value

if TYPE_CHECKING:
    from fuzz.flow import Body
    from fuzz.scope import Choices

_INLINING = ("#[inline(never)]\n", "#[inline(never)]\n", "", "#[inline]\n")
FLOATS = ["p", "q"]


def _defined(choices: Choices, signature: str, text: str, *parts: object) -> str:
    """Add a function to the program; `$` in the signature is its name. Gives the name."""
    name = choices.name("h")
    head = choices.random.choice(_INLINING) + "pub fn " + signature.replace("$", name)
    choices.items.append(Node(Kind.ITEM, f"{head} {{\n{text}\n}}", parts))  # type: ignore[arg-type]
    return name


def resulting(choices: Choices, scope: Scope, call: str, *parts: Node) -> Node:
    """Make a statement that calls something for a float, which is a variable then."""
    name = choices.name("a")
    made = statement(f"let mut {name}: F = {call};", *parts)
    scope.floats.append(name)
    scope.changing.append(name)
    return made


def scalar(choices: Choices, scope: Scope, body: Body) -> Node:
    """Call a function of two floats and a whole number."""
    inside = Scope(floats=[*FLOATS], integers=["n"], returns="return $;")
    name = _defined(choices, "$(p: F, q: F, n: usize) -> F", "$\n$", body(choices, inside, 3), float_(choices, inside))
    parts = float_(choices, scope, 1), float_(choices, scope, 1), integer(choices, scope, 1)
    return resulting(choices, scope, f"{name}($, $, $)", *parts)


def changes_slice(choices: Choices, scope: Scope, body: Body) -> Node | None:
    """Call a function that changes a slice."""
    sequences = [one for one in scope.sequences if one.is_slice and one.mutable]
    if not sequences:
        return None
    inside = Scope(floats=[*FLOATS], integers=["n"], sequences=[Sequence("w", Shape.SLICE)], returns="return $;")
    name = _defined(
        choices, "$(w: &mut [F], p: F, q: F, n: usize) -> F", "$\n$", body(choices, inside, 5), float_(choices, inside)
    )
    parts = float_(choices, scope, 1), float_(choices, scope, 1), integer(choices, scope, 1)
    target = choices.random.choice(sequences).name
    result = choices.name("a")
    made = statement(
        f"let mut {result}: F = {{ let (p, q, n) = ($, $, $); {name}(&mut {target}[..], p, q, n) }};", *parts
    )
    scope.floats.append(result)
    scope.changing.append(result)
    return made


_RETURNS = (
    ("(F, usize)", "($, n % 3)", "{{ let (v, k) = {call}; v * (1.0 + k as F) }}"),
    ("(F, F)", "($, p * q)", "{{ let (v, z) = {call}; v * z }}"),
    ("(bool, F, F)", "(n % 2 == 0, $, p)", "{{ let (b, v, z) = {call}; if b {{ v }} else {{ z * z }} }}"),
    ("Option<F>", "if n % 3 == 1 {{ None }} else {{ Some($) }}", "{call}.unwrap_or(0.4)"),
    ("Option<(F, F)>", "if p > 0.3 {{ Some(($, q)) }} else {{ None }}", "{call}.map_or(0.3, |(v, z)| v * z)"),
    ("Result<F, i32>", "if n % 4 == 1 {{ Err(n as i32) }} else {{ Ok($) }}", "{call}.unwrap_or_else(|k| k as F)"),
    ("Result<F, String>", 'if n > 900 {{ Err(format!("{{n}}")) }} else {{ Ok($) }}', "{call}.unwrap()"),
    ("[F; 3]", "[$, p, q]", "{call}.iter().map(|v| v * v).sum::<F>()"),
    ("Vec<F>", "vec![$, p * q, q]", "{call}.iter().product::<F>()"),
    ("Box<F>", "Box::new($)", "*{call}"),
    ("(usize, [F; 2])", "(n, [$, q])", "{{ let (k, v) = {call}; v[k % 2] * v[0] }}"),
    ("(G, F)", "(p as G, $)", "{{ let (v, z) = {call}; v as F * z }}"),
)


def compound(choices: Choices, scope: Scope, body: Body) -> Node:
    """Call a function that returns more than a float."""
    type_, made, used = choices.random.choice(_RETURNS)
    inside = Scope(floats=[*FLOATS], integers=["n"])
    block = body(choices, inside, 2)
    name = _defined(
        choices, f"$(p: F, q: F, n: usize) -> {type_}", "$\n" + made.format(), block, float_(choices, inside)
    )
    parts = float_(choices, scope, 1), float_(choices, scope, 1), integer(choices, scope, 1)
    return resulting(choices, scope, used.format(call=f"{name}($, $, $)"), *parts)


def question_mark(choices: Choices, scope: Scope, _: Body) -> Node:
    """Call a function that gives up on the way."""
    type_, bad = choices.random.choice((("Option<F>", "None"), ("Result<F, usize>", "Err(n)")))
    good = type_.partition("<")[0].replace("Option", "Some").replace("Result", "Ok")
    inside = Scope(floats=[*FLOATS], integers=["n"])
    step = _defined(
        choices,
        f"$(p: F, q: F, n: usize) -> {type_}",
        f"if $ {{ return {bad}; }}\n{good}($)",
        test(choices, inside),
        float_(choices, inside),
    )
    whole = _defined(
        choices,
        f"$(p: F, q: F, n: usize) -> {type_}",
        f"let mut s = p;\nfor k in 0..3 {{ s = 0.5 * s + {step}(s, q, n + k)?.sin(); }}\n{good}(s * $)",
        float_(choices, inside, 1),
    )
    parts = float_(choices, scope, 1), float_(choices, scope, 1), integer(choices, scope, 1)
    return resulting(choices, scope, f"{whole}($, $, $).unwrap_or(0.6)", *parts)


def recursive(choices: Choices, scope: Scope, _: Body) -> Node:
    """Call a function that calls itself."""
    inside = Scope(floats=[*FLOATS], integers=["n"])
    name = choices.name("h")
    text = (
        f"pub fn {name}(p: F, q: F, n: usize) -> F {{\nif n == 0 {{ return $; }}\n"
        f"let v = {name}(($).sin(), 0.5 * q, n - 1);\n0.5 * v + ($).sin()\n}}"
    )
    choices.items.append(Node(Kind.ITEM, text, tuple(float_(choices, inside) for _ in range(3))))
    parts = float_(choices, scope, 1), float_(choices, scope, 1)
    return resulting(choices, scope, f"{name}($, $, {1 + choices.below(4)})", *parts)


def recursive_slice(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Call a function that divides a slice and conquers."""
    sequences = [one for one in scope.sequences if one.is_slice]
    if not sequences:
        return None
    inside = Scope(floats=["p", "q"])
    name = choices.name("h")
    text = (
        f"pub fn {name}(w: &[F]) -> F {{\nif w.len() < 2 {{ return w.iter().sum::<F>(); }}\n"
        f"let (l, r) = w.split_at(w.len() / 2);\nlet (p, q) = ({name}(l), {name}(r));\n$\n}}"
    )
    choices.items.append(Node(Kind.ITEM, text, (float_(choices, inside),)))
    return resulting(choices, scope, f"{name}(&{choices.random.choice(sequences).name}[..])")


def closure(choices: Choices, scope: Scope, _: Body) -> Node:
    """Define a closure that reads or changes what is around it, and call it."""
    name, result = choices.name("c"), choices.name("a")
    inside = scope.reading()
    inside.floats += ["v", "v"]
    variables = [place for place in scope.changing if place.isidentifier()]
    argument = [float_(choices, scope.inner(), 1) for _ in range(2)]
    if variables and choices.chance(0.5):
        changed = choices.random.choice(variables)
        kept = Scope(floats=["v", changed])
        text = (
            f"let mut {result}: F = {{ let (p, q) = ($, $); let mut {name} = |v: F| {{ "
            f"{changed} = 0.5 * {changed} + 0.2 * v; $ }}; {name}(p) * {name}(q) }};"
        )
        made = statement(text, *argument, float_(choices, kept))
    else:
        text = f"let {name} = |v: F| -> F {{ $ }};\nlet mut {result}: F = {name}($) + {name}({name}($));"
        made = statement(text, float_(choices, inside), *argument)
    scope.floats.append(result)
    scope.changing.append(result)
    return made


def taken_closure(choices: Choices, scope: Scope, _: Body) -> Node:
    """Pass a closure to a generic function, or behind a pointer."""
    inside = Scope(floats=["p", "q", "t(p)"])
    type_ = choices.random.choice(("impl Fn(F) -> F", "&dyn Fn(F) -> F", "Box<dyn Fn(F) -> F>"))
    name = _defined(choices, f"$(t: {type_}, p: F) -> F", "let q = t(0.5 * p);\n$", float_(choices, inside))
    captured = choices.name("b")
    argument = Scope(floats=["v", "v", captured])
    made = "move |v: F| $"
    given = {"i": made, "&": f"&{made}", "B": f"Box::new({made})"}[type_[0]]
    result = choices.name("a")
    text = f"let {captured}: F = $;\nlet mut {result}: F = {name}({given}, $);"
    node = statement(text, float_(choices, scope, 1), float_(choices, argument), float_(choices, scope, 1))
    scope.floats.append(result)
    scope.changing.append(result)
    return node


def boxed_closures(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Call closures out of a Vec."""
    if not scope.sequences:
        return None
    elements = choices.random.choice(scope.sequences).name
    captured, result = choices.name("b"), choices.name("a")
    inside = Scope(floats=["v", "v", captured])
    text = (
        f"let {captured}: F = $;\nlet mut {result}: F = {{ let t: Vec<Box<dyn Fn(F) -> F>> = "
        f"vec![Box::new(move |v| $), Box::new(|v| v.sin()), Box::new(move |v| v * {captured})];\n"
        f"{elements}.iter().enumerate().map(|(i, v)| t[(i + $) % 3](*v)).sum() }};"
    )
    made = statement(text, float_(choices, scope, 1), float_(choices, inside), integer(choices, scope, 1))
    scope.floats.append(result)
    scope.changing.append(result)
    return made


def function_pointer(choices: Choices, scope: Scope, _: Body) -> Node:
    """Choose a function at run time."""
    names = [
        _defined(choices, "$(p: F) -> F", "$", float_(choices, Scope(floats=["p"]))),
        _defined(choices, "$(p: F) -> F", "$", float_(choices, Scope(floats=["p"]))),
    ]
    pointer = choices.name("t")
    call = f"{{ let {pointer}: fn(F) -> F = if $ {{ {names[0]} }} else {{ {names[1]} }}; {pointer}($) }}"
    return resulting(choices, scope, call, test(choices, scope), float_(choices, scope, 1))


def trait_objects(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Change and read values of two types behind a trait."""
    if not scope.sequences:
        return None
    elements = choices.random.choice(scope.sequences).name
    trait, first, second, result = (choices.name(start) for start in ("T", "A", "B", "a"))
    inside = Scope(floats=["self.0", "v"])
    other = Scope(floats=["self.p", "self.q", "v"])
    text = (
        f"pub trait {trait} {{ fn get(&self, v: F) -> F; fn change(&mut self, v: F); }}\n"
        f"pub struct {first}(F);\npub struct {second} {{ p: F, q: F, n: usize }}\n"
        f"impl {trait} for {first} {{ fn get(&self, v: F) -> F {{ $ }}\n"
        f"fn change(&mut self, v: F) {{ self.0 = ($).sin(); }} }}\n"
        f"impl {trait} for {second} {{\n"
        f"fn get(&self, v: F) -> F {{ if self.n % 2 == 0 {{ $ }} else {{ self.p * v }} }}\n"
        f"fn change(&mut self, v: F) {{ self.n += 1; self.p *= ($).cos(); self.q += 0.1 * v; }} }}"
    )
    parts = (float_(choices, inside), float_(choices, inside), float_(choices, other), float_(choices, other))
    choices.items.append(Node(Kind.ITEM, text, parts))
    made = statement(
        f"let mut {result}: F = {{ let mut t: Vec<Box<dyn {trait}>> = Vec::new();\n"
        f"for (i, v) in {elements}.iter().enumerate() {{ if i % 2 == $ % 2 {{ t.push(Box::new({first}($))); }} "
        f"else {{ t.push(Box::new({second} {{ p: *v, q: $, n: i }})); }} }}\n"
        f"for t in t.iter_mut() {{ t.change($); }}\nt.iter().map(|t| t.get(0.5)).sum() }};",
        integer(choices, scope, 1),
        *(float_(choices, scope, 1) for _ in range(3)),
    )
    scope.floats.append(result)
    scope.changing.append(result)
    return made


def method(choices: Choices, scope: Scope, body: Body) -> Node:
    """Call methods of a structure that change it, take it and return another."""
    made, variable, result = structure(choices), choices.name("s"), choices.name("a")
    names = [choices.name("m") for _ in range(2)]
    inside = Scope(floats=[*made.floats("self"), "v"], changing=made.floats("self"), integers=made.integers("self"))
    other = Scope(floats=[*made.floats("self"), "v"], integers=made.integers("self"))
    head = choices.random.choice(_INLINING)
    text = (
        f"impl {made.name} {{\n{head}fn {names[0]}(&mut self, v: F) {{\n$\n}}\n"
        f"{head}fn {names[1]}(self, v: F) -> {made.name} {{ $ }}\n}}"
    )
    block = body(choices, inside, 3)
    choices.items.append(Node(Kind.ITEM, text, (block, value(choices, other, made))))
    sum_ = " + ".join(made.floats(variable))
    node = statement(
        f"let mut {variable} = $;\n{variable}.{names[0]}($);\n"
        f"{variable} = {variable}.{names[1]}($);\nlet mut {result}: F = {sum_};",
        value(choices, scope, made),
        float_(choices, scope, 1),
        float_(choices, scope, 1),
    )
    scope.floats.append(result)
    scope.changing.append(result)
    return node


PRODUCTIONS = (
    (scalar, 4),
    (changes_slice, 6),
    (compound, 4),
    (question_mark, 2),
    (recursive, 2),
    (recursive_slice, 1),
    (closure, 4),
    (taken_closure, 2),
    (boxed_closures, 1),
    (function_pointer, 1),
    (trait_objects, 1),
    (method, 3),
)
