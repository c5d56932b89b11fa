"""The schema of the stand-in provider: what was extracted is what the bindings say."""

import json
import pathlib
import tempfile
import unittest

import extract_schema

SCHEMA = json.loads(pathlib.Path(__file__).with_name("schema.json").read_text())

JAVASCRIPT = """
        super(scope, id, {
            terraformResourceType: 'aws_thing',
        });
        this._rule = new AwsThing.RulePropertyList(this, "rule", true);
    get arn() {
        return this.getStringAttribute('arn');
    }
    synthesizeHclAttributes() {
        const attrs = {
            first_name: {
                value: cdktn.stringToHclTerraform(this._firstName),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            password_wo: {
                value: cdktn.stringToHclTerraform(this._passwordWo),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            rule: {
                value: cdktn.listMapperHcl(awsThingRulePropertyToHclTerraform, true)(this._rule.internalValue),
                isBlock: true,
                type: "set",
                storageClassType: "AwsThing.RulePropertyList",
            },
        };
    }
}
function awsThingRulePropertyToHclTerraform(struct) {
    const attrs = {
        numbers: {
            value: cdktn.listMapperHcl(cdktn.numberToHclTerraform, false)(struct.numbers),
            isBlock: false,
            type: "list",
            storageClassType: "numberList",
        },
    };
}
"""
DECLARATIONS = """
export interface AwsThingConfig extends cdktn.TerraformMetaArguments {
    readonly firstName: string;
    readonly passwordWo?: string;
    readonly rule?: AwsThing.RuleProperty[];
}
export declare namespace AwsThing {
    interface RuleProperty {
        readonly numbers: number[];
    }
}
"""


class Extraction(unittest.TestCase):
    def test_arguments_blocks_and_what_is_computed_are_told_apart(self):
        schema = extract_schema.Binding(JAVASCRIPT, DECLARATIONS).schema()
        self.assertEqual(schema["attributes"]["first_name"], {"type": "string", "required": True})
        self.assertEqual(schema["attributes"]["password_wo"], {"type": "string", "optional": True, "write_only": True})
        self.assertEqual(schema["attributes"]["arn"], {"type": "string", "computed": True})
        rule = schema["blocks"]["rule"]
        self.assertEqual((rule["nesting"], rule["many"], rule["required"]), ("set", True, False))
        self.assertEqual(rule["attributes"]["numbers"], {"type": ["list", "number"], "required": True})

    def test_used_types_are_read_from_the_configuration(self):
        with tempfile.TemporaryDirectory() as directory:
            text = 'resource "aws_a" "x" {}\ndata "aws_b" "x" {}\nephemeral "aws_c" "x" {}\n# resource "aws_d" "x"\n'
            (pathlib.Path(directory) / "main.tf").write_text(text)
            self.assertEqual(extract_schema.used_types(directory), {"aws_a", "data.aws_b", "ephemeral.aws_c"})


class Committed(unittest.TestCase):
    def test_every_type_in_use_is_in_the_committed_schema(self):
        root = pathlib.Path(__file__).resolve().parents[2]
        missing = extract_schema.used_types(root / "infra") - set(SCHEMA["types"])
        self.assertEqual(missing, set(), "run `cargo xtask infra-schema`")

    def test_known_facts_about_the_provider_hold(self):
        queue = SCHEMA["types"]["aws_sqs_queue"]["attributes"]
        self.assertEqual(queue["visibility_timeout_seconds"], {"type": "number", "optional": True})
        self.assertEqual(queue["url"], {"type": "string", "computed": True})
        self.assertTrue(SCHEMA["types"]["aws_docdb_cluster"]["attributes"]["master_password_wo"]["write_only"])


if __name__ == "__main__":
    unittest.main()
