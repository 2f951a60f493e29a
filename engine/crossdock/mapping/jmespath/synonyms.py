"""What functions are called in other languages, for who is used to one: SQL, Excel, Java, Python, XPath."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CALLED: Mapping[str, str] = {
    "upper": "upcase uppercase toupper to_upper ucase toUpperCase upper_case",
    "lower": "downcase lowercase tolower to_lower lcase toLowerCase lower_case",
    "length": "len size strlen count_of string_length char_length",
    "substring": "substr mid left right slice",
    "concat": "concatenate strcat append string_join",
    "join": "implode join_all listagg string_agg",
    "coalesce": "nvl ifnull isnull default or_else if_null ifNull",
    "when": "if iif ifelse if_else case cond",
    "date": "todate to_date parse_date strptime parsedate toDate",
    "datetime": "timestamp to_timestamp parse_datetime to_datetime",
    "format_date": "strftime date_format to_char formatdate",
    "add_to_date": "dateadd date_add add_days adddays plus_days",
    "date_difference": "datediff date_diff days_between",
    "int": "integer to_int toint parse_int parseint int_of",
    "dec": "decimal number float double to_decimal numeric to_number_exact",
    "to_string": "str string text tostring cast_text to_text",
    "trim": "strip ltrim rtrim lstrip rstrip normalize_space",
    "pad": "lpad rpad ljust rjust zfill padleft padright pad_left pad_right",
    "replace": "gsub translate regexp_replace substitute",
    "contains": "includes instr has in_list",
    "starts_with": "startswith startsWith begins_with",
    "ends_with": "endswith endsWith",
    "multiply": "mul times product",
    "subtract": "sub minus",
    "divide": "div",
    "remainder": "mod modulo",
    "unique": "distinct uniq dedupe",
    "ceil": "ceiling roundup round_up",
    "floor": "rounddown round_down trunc truncate",
    "lookup": "vlookup xlookup xref translate_code map_code",
    "split": "explode tokenize",
    "first": "head",
    "uuid_of": "uuid guid newid",
    "count": "countif",
}

#: Name elsewhere, in small letters -> our name.
SYNONYMS: Mapping[str, str] = MappingProxyType(
    {theirs.lower(): ours for ours, names in _CALLED.items() for theirs in names.split()}
)
