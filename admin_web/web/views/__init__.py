"""One page, one file: parse, ask or change, render. No view touches a table."""
