# Prints values.yaml as the rows of a Markdown table: key, default, description (the comment that starts with "# -- ").
# Fails for a value without a description.
function indent(line) { match(line, /^ */); return RLENGTH }
function row() {
  if (open == "") return
  if (open_default == "") open_default = "{" children "}"
  gsub(/\|/, "\\|", open_description)
  printf "| `%s` | `%s` | %s |\n", open, open_default, open_description
  open = ""
}
/^ *# -- / { sub(/^ *# -- /, ""); description = $0; next }
/^ *#/ || /^ *$/ { next }
{
  depth = indent($0)
  if (open != "" && depth > open_depth) {          # a child of a value that is described as a whole
    child = $0; sub(/^ */, "", child); children = children (children == "" ? "" : ", ") child
    next
  }
  row()
  key = $0; sub(/^ */, "", key); value = key; sub(/:.*/, "", key); sub(/^[^:]*: */, "", value); sub(/:$/, "", value)
  if (index($0, ": ") == 0) value = ""
  path[depth] = key
  name = path[0]; for (d = 2; d <= depth; d += 2) name = name "." path[d]
  if (description != "") {
    open = name; open_default = value; open_depth = depth; open_description = description; children = ""; description = ""
  } else if (value != "") {
    printf "values.yaml: %s has no description: write \"# -- ...\" above it\n", name > "/dev/stderr"; failed = 1
  }
}
END { row(); exit failed }
