// Reads paths from standard input, one a line; prints for each the page as Logseq's own parser reads it.
const { Mldoc } = require("mldoc");
const fs = require("fs");
const config = JSON.stringify({
  toc: false, parse_outline_only: false, heading_number: false, keep_line_break: true, format: "Markdown",
  heading_to_list: false, exporting_keep_properties: false, inline_type_with_pos: false,
  export_md_remove_options: [], hiccup_in_block: true,
});
for (const path of fs.readFileSync(0, "utf-8").split("\n").filter(Boolean)) {
  console.log(Mldoc.parseJson(fs.readFileSync(path, "utf-8"), config));
}
