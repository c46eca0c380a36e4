#!/usr/bin/env python3
"""Writes the manual page of the command from what the command itself says of its verbs and options.

    make-manual.py BINARY > sentence-transformers.1
"""
import json
import subprocess
import sys


def escaped(text):
    """The text as roff shows it."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def option(argument):
    """An option or argument, with what it means."""
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        head = f"\\fI{escaped(value)}\\fR"
    else:
        names = [("--" if name["kind"] == "long" else "-") + name["name"] for name in argument.get("names", [])]
        head = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
        if argument["kind"] == "option":
            head += f" \\fI{escaped(value)}\\fR"
    text = argument.get("abstract", "")
    values = argument.get("allValues") or []
    if values and "values:" not in text:
        text += f" (values: {', '.join(values)})"
    default = argument.get("defaultValue")
    if default and "default:" not in text:
        text += f" (default: {default})"
    return f".TP\n{head}\n{escaped(text.strip())}\n"


def examples(discussion):
    """Paragraphs as they are, and indented lines as examples."""
    page = ""
    for line in discussion.split("\n"):
        if line.startswith("  "):
            page += f".RS\n.nf\n{escaped(line.strip())}\n.fi\n.RE\n"
        else:
            page += f"{escaped(line)}\n" if line else ".PP\n"
    return page


def main():
    help_text = subprocess.run([sys.argv[1], "--experimental-dump-help"], check=True, capture_output=True).stdout
    command = json.loads(help_text)["command"]
    version = subprocess.run([sys.argv[1], "--version"], check=True, capture_output=True, text=True).stdout.strip()
    name = command["commandName"]
    page = f'.TH "{name.upper()}" "1" "" "{name} {version}" "User Commands"\n'
    page += f".SH NAME\n{escaped(name)} \\- {escaped(command['abstract'])}\n"
    page += f".SH SYNOPSIS\n.B {escaped(name)}\n\\fIverb\\fR [\\fIoptions\\fR]\n"
    page += f".SH DESCRIPTION\n{examples(command['discussion'])}"
    for verb in command["subcommands"]:
        if verb["commandName"] == "help" or not verb.get("shouldDisplay", True):
            continue
        page += f".SH {escaped(verb['commandName'].upper())}\n{escaped(verb['abstract'])}\n.PP\n"
        page += examples(verb.get("discussion", ""))
        for argument in verb.get("arguments", []):
            if argument.get("shouldDisplay", True) and argument.get("valueName") not in ("help", "version"):
                page += option(argument)
    page += ".SH ENVIRONMENT\n"
    for variable, text in [
        ("HF_HUB_CACHE, HF_HOME, SENTENCE_TRANSFORMERS_HOME", "Where models are kept."),
        ("HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE", "As the Python client of the Hub takes them."),
        ("SENTENCE_KERNELS", "The kernels to compute with, in place of the best ones that the machine has."),
        ("TMPDIR", "Where results wait that go to a pipe but must be known whole first."),
    ]:
        page += f".TP\n.B {escaped(variable)}\n{escaped(text)}\n"
    page += ".SH EXIT STATUS\n"
    for status, text in [
        ("0", "Success."), ("1", "A failure, with one line on standard error that says what to do."),
        ("64", "Wrong usage."), ("129, 130, 143", "Ended by SIGHUP, SIGINT or SIGTERM; no unfinished file is left."),
        ("141", "Whoever read the results has gone."),
    ]:
        page += f".TP\n.B {status}\n{escaped(text)}\n"
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
