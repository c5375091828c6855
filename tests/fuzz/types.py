"""Structures, enumerations, tuples and options: values of several parts, copied and moved as wholes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.numbers import float_, integer, leaf, test
from fuzz.scope import LEAST, Field, Records, Structure, statement
from fuzz.tree import Kind, Node

if TYPE_CHECKING:
    from fuzz.flow import Body
    from fuzz.scope import Choices, Scope

_TYPES = ("F", "F", "F", "[F; 3]", "usize", "bool", "u8", "i32")


def structure(choices: Choices) -> Structure:
    """Take a structure of the program, or define one more."""
    if choices.structures and choices.chance(0.6):
        return choices.random.choice(choices.structures)
    types = ["F", *choices.random.choices(_TYPES, k=1 + choices.below(4))]
    if choices.chance(0.4):
        types = ["F"] * len(types)
    choices.random.shuffle(types)
    made = Structure(choices.name("S"), tuple(Field(f"f{number}", type_) for number, type_ in enumerate(types)))
    fields = ", ".join(f"{field.name}: {field.type}" for field in made.fields)
    choices.items.append(Node(Kind.ITEM, f"#[derive(Clone, Copy, Debug)]\npub struct {made.name} {{ {fields} }}"))
    choices.structures.append(made)
    return made


def value(choices: Choices, scope: Scope, made: Structure) -> Node:
    """Write a value of a structure down."""
    texts, parts = [], []
    for field in made.fields:
        match field.type:
            case "F":
                texts.append(f"{field.name}: $")
                parts.append(float_(choices, scope, 1))
            case "[F; 3]":
                texts.append(f"{field.name}: [$, $, $]")
                parts += [leaf(choices, scope) for _ in range(3)]
            case "bool":
                texts.append(f"{field.name}: $")
                parts.append(test(choices, scope))
            case _:
                texts.append(f"{field.name}: ($ % 7) as {field.type}")
                parts.append(integer(choices, scope, 1))
    return statement(f"{made.name} {{ {', '.join(texts)} }}", *parts)


def make_one(choices: Choices, scope: Scope, _: Body) -> Node:
    """Make one structure as a variable."""
    made, name = structure(choices), choices.name("s")
    text = statement(f"let mut {name} = $;", value(choices, scope, made))
    scope.floats += made.floats(name)
    scope.changing += made.floats(name)
    scope.integers += made.integers(name)
    return text


def make_many(choices: Choices, scope: Scope, _: Body) -> Node:
    """Make an array or a Vec of structures."""
    made, name = structure(choices), choices.name("r")
    size = LEAST + choices.below(3)
    inside = scope.reading()
    inside.integers += ["i", "i"]
    part = value(choices, inside, made)
    match choices.below(3):
        case 0:
            parts = [value(choices, scope, made) for _ in range(LEAST)]
            text = statement(f"let mut {name} = [$, $, $];", *parts)
        case 1:
            text = statement(f"let mut {name} = (0..{size}).map(|i| $).collect::<Vec<{made.name}>>();", part)
        case _:
            text = statement(
                f"let mut {name}: Vec<{made.name}> = Vec::new();\nfor i in 0..{size} {{ {name}.push($); }}", part
            )
    scope.records.append(Records(name, made, grows="Vec" in str(text)))
    return text


_MOVES = (
    "{{ let j = $ % {r}.len(); {r}[{k}] = {r}[j]; }}",
    "{{ let j = $ % {r}.len(); {r}.swap({k}, j); }}",
    "{r}.reverse();",
    "{r}.rotate_left({k});",
    "for k in 1..{r}.len() {{ {r}[k - 1] = {r}[k]; }}",
    "for k in 1..{r}.len() {{ {r}.swap(k - 1, k); }}",
    "{r}.sort_by(|a, b| a.{f}.partial_cmp(&b.{f}).unwrap());",
    "{{ let t = {r}[{k}]; {r}[0].{f} = 0.5 * {r}[0].{f} + 0.4 * t.{f}; }}",
    "for t in {r}.iter_mut() {{ t.{f} *= 0.8 + 0.1 * t.{f}; }}",
    "for k in 1..{r}.len() {{ {r}[k].{f} += 0.3 * {r}[k - 1].{f}; {r}[k - 1].{f} *= 0.9; }}",
    "{{ let t = {r}.iter().map(|s| s.{f}).sum::<F>(); for s in &mut {r} {{ s.{f} = (s.{f} * t).sin(); }} }}",
    "{{ let (l, r) = {r}.split_at_mut({k}); std::mem::swap(&mut l[0], &mut r[0]); }}",
    "{r}.copy_within({k}.., 0);",
    "{{ let t = {r}.iter().max_by(|a, b| a.{f}.partial_cmp(&b.{f}).unwrap()).copied(); "
    "if let Some(t) = t {{ {r}[{k}] = t; }} }}",
)
_GROWING = (
    "if {r}.len() < 8 {{ let t = {r}[$ % {r}.len()]; {r}.push(t); }}",
    "if {r}.len() > 3 {{ let t = {r}.remove({k}); {r}[0].{f} += 0.3 * t.{f}; }}",
    "if {r}.len() < 8 {{ let t = {r}[{k}]; {r}.insert(0, t); }}",
    "if {r}.len() > 3 {{ if let Some(t) = {r}.pop() {{ {r}[0].{f} *= 0.5 + t.{f}.cos(); }} }}",
)


def move(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Copy and exchange whole structures."""
    if not scope.records:
        return None
    records = choices.random.choice(scope.records)
    field = choices.random.choice([field.name for field in records.structure.fields if field.type == "F"])
    text = choices.random.choice((*_MOVES, *_GROWING) if records.grows else _MOVES)
    text = text.format(r=records.name, f=field, k=1 + choices.below(LEAST - 1))
    return statement(text, *(integer(choices, scope, 1) for _ in range(text.count("$"))))


def enumeration(choices: Choices, scope: Scope, _: Body) -> Node:
    """Choose a variant at run time, and match on it."""
    name, variable = choices.name("E"), choices.name("e")
    choices.items.append(
        Node(
            Kind.ITEM,
            f"#[derive(Clone, Copy)]\npub enum {name} {{ Nothing, One(F), Two {{ p: F, q: F }}, Count(usize) }}",
        )
    )
    made = [float_(choices, scope, 1) for _ in range(3)]
    result = choices.name("a")
    inside = scope.inner()
    inside.floats += ["p", "q"]
    arms = [float_(choices, inside, 1), float_(choices, scope.inner(), 1)]
    text = (
        f"let {variable} = match $ % 4 {{ 0 => {name}::Nothing, 1 => {name}::One($), "
        f"2 => {name}::Two {{ p: $, q: $ }}, k => {name}::Count(k) }};\n"
        f"let mut {result}: F = match {variable} {{ {name}::Nothing => 0.4, {name}::One(p) => p * p, "
        f"{name}::Two {{ p, q }} => $, {name}::Count(k) => (k as F) * $ }};"
    )
    node = statement(text, integer(choices, scope, 2), *made, *arms)
    scope.floats.append(result)
    scope.changing.append(result)
    return node


def many_variants(choices: Choices, scope: Scope, _: Body) -> Node:
    """Match on the variants in an array or a Vec."""
    name, result = choices.name("E"), choices.name("a")
    choices.items.append(Node(Kind.ITEM, f"pub enum {name} {{ Add(F), Scale {{ by: F }}, Nothing }}"))
    elements = f"{name}::Add($), {name}::Nothing, {name}::Scale {{ by: $ }}"
    collection = choices.random.choice(("[{}]", "vec![{}]")).format(elements)
    text = (
        f"let mut {result}: F = $;\nfor v in &{collection} {{ match v {{ {name}::Add(v) => {result} += v * 0.5, "
        f"{name}::Scale {{ by }} => {result} *= by.sin(), {name}::Nothing => {{}} }} }}"
    )
    parts = [float_(choices, scope, 1) for _ in range(3)]
    scope.floats.append(result)
    scope.changing.append(result)
    return statement(text, *parts)


def option(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Keep the last or the best of a loop in an Option."""
    if not scope.sequences:
        return None
    elements = choices.random.choice(scope.sequences).name
    name, result = choices.name("o"), choices.name("a")
    inside = scope.reading()
    inside.floats += ["v", "v"]
    scope_before = scope.inner()
    text = (
        f"let mut {name}: Option<F> = if $ {{ None }} else {{ Some($) }};\n"
        f"for &v in {elements}.iter() {{ {name} = match {name} {{ Some(b) if b > v => Some(0.7 * b + 0.1 * $), "
        f"Some(_) => None, None => Some(v * v) }}; }}\nlet mut {result}: F = {name}.map_or(0.3, |v| v.sin());"
    )
    made = statement(text, test(choices, scope_before), float_(choices, scope_before, 1), float_(choices, inside, 1))
    scope.floats.append(result)
    scope.changing.append(result)
    return made


def tuples(choices: Choices, scope: Scope, _: Body) -> Node:
    """Carry a tuple through a loop."""
    first, second = choices.name("a"), choices.name("a")
    parts = [float_(choices, scope.inner(), 1) for _ in range(2)]
    inside = scope.reading()
    inside.floats += [first, second]
    steps = [float_(choices, inside, 1) for _ in range(2)]
    text = choices.random.choice(
        (
            "let (mut {a}, mut {b}): (F, F) = ($, $);\n"
            "for _ in 0..{n} {{ ({a}, {b}) = (0.5 * {b} + 0.1 * $, ({a} * $).sin()); }}",
            "let mut {b}: F = $;\nlet mut {a}: F = $;\n"
            "for _ in 0..{n} {{ std::mem::swap(&mut {a}, &mut {b}); {a} = 0.8 * {a} + 0.1 * $; {b} = ($).tanh(); }}",
        )
    )
    scope.floats += [first, second]
    scope.changing += [first, second]
    return statement(text.format(a=first, b=second, n=2 + choices.below(4)), *parts, *steps)


PRODUCTIONS = (
    (make_one, 3),
    (make_many, 4),
    (move, 6),
    (enumeration, 2),
    (many_variants, 1),
    (option, 2),
    (tuples, 3),
)
