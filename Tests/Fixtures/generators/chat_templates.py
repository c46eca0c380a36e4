# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes chat_templates.json: templates in the ways that models are published with, and what transformers renders."""

import json
from pathlib import Path

from transformers.utils.chat_template_utils import _compile_jinja_template

USER = [{"role": "user", "content": "What is  the capital?\n"}]
TALK = [{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "Hi — 北京 \"quoted\""},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHello 'you'!"}, {"role": "user", "content": ""}]
PAIR = [{"role": "query", "content": "how many?"}, {"role": "document", "content": "\n Three. "}]
PROMPTED = [{"role": "system", "content": "Find it."}] + PAIR
PARTS = [{"role": message["role"], "content": [{"type": "text", "text": message["content"]}]} for message in PROMPTED]
CHATS = {"user": USER, "talk": TALK, "pair": PAIR, "prompted": PROMPTED, "parts": PARTS}
VARIABLES = {"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True, "tools": None, "documents": None}

TEMPLATES = {
    "chatml": """{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""",
    "qwen2": """{% for message in messages %}
{% if loop.first and messages[0]['role'] != 'system' %}
{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
{%- endif %}
{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "qwen3": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
{%- else %}
    {%- if messages[0].role == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    "llama3": """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- This block extracts the system message, so we can slot it into the right place. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {{- raise_exception("This model only supports single tool-calls at once!") }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    "gemma": """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '

' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '

' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '
' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>
' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model
'}}
{%- endif -%}
""",
    "mistral": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of " ~ (user_messages|length) ~ " users!") }}
    {%- endif %}
{%- endfor %}
""",
    "reranker": """<|im_start|>system
Judge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>
<|im_start|>user
<Instruct>: {{ messages | selectattr("role", "eq", "system") | map(attribute="content") | first | default("Given a web search query, retrieve relevant passages that answer the query") }}
<Query>: {{ messages | selectattr("role", "eq", "query") | map(attribute="content") | first }}
<Document>: {{ messages | selectattr("role", "eq", "document") | map(attribute="content") | first }}<|im_end|>
<|im_start|>assistant
<think>

</think>

""",
    "parts": """{%- macro show(content, before='', after="!") -%}
{%- if content is string -%}{{ before ~ content ~ after }}
{%- else -%}
{%- for part in content if part.type == 'text' -%}{{ before ~ part['text'] ~ after }}{%- endfor -%}
{%- endif -%}
{%- endmacro -%}
{%- for message in messages -%}
{{ loop.index }}/{{ loop.length }} {{ message.role | upper }}: {{ show(message.content, before="> ") }}
{% endfor %}""",
    "structured": """<Query>: {{ (messages | selectattr("role", "eq", "query") | first).content[0].text }}
<Document>: {{ (messages | selectattr("role", "eq", "document") | first).content[0].text }}
""",
}

EXPRESSIONS = [
    "{{ 1 + 2 * 3 - 4 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 1.5 * 2 }} {{ 2 ~ 3 ~ 'x' }} {{ 'ab' * 3 }}",
    "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ not 1 in [2] }} {{ 3 not in [3] }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ true == 1 }}",
    "{{ 'a' if false }}|{{ 1 if x else 2 if y else 3 }}|{{ none or 'b' }}|{{ 1 and 0 }}|{{ not x }}",
    "{{ [1, 'a', none, true, 1.5, {'k': \"it's\", 'l': '\\n'}] }} {{ [] }} {{ {} }} {{ none }} {{ true }}",
    "{{ 'hello'[1:3] }} {{ 'hello'[::-1] }} {{ 'hello'[-3:] }} {{ [1, 2, 3][:-1] }} {{ 'héllo'[1] }} {{ [1, 2][-1] }} {{ [1,2,3][::2] }}",
    "{{ ' a b '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'a,b,,c'.split(',') }}|{{ ' a  b '.split() }}|{{ 'a-b-c'.split('-', 1) }}",
    "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'bc')) }} {{ 'a.b'.replace('.', '--') }} {{ 'aaa'.replace('a', 'b', 2) }}",
    "{{ 'it is-so (ok)'|title }} {{ 'aBC'|capitalize }} {{ 'ß'|upper }} {{ 'abc'.find('c') }} {{ 'banana'.count('an') }}",
    "{{ x|default('d') }} {{ ''|default('d', true) }} {{ none|default('e') }} {{ x is defined }} {{ x is undefined }} {{ x }}",
    "{{ {'b': 1, 'a': [1, 'ü\"\\n<']}|tojson }} {{ [1.0, none, true]|tojson }}\n{{ {'a': [1, {}], 'b': []}|tojson(indent=2) }}",
    "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }}{{ ', ' if not loop.last }}{% endfor %} {{ {'a': 1}.get('b', 'no') }}",
    "{% for i in range(5) if i is odd %}{{ i }}{{ loop.previtem }}{{ loop.nextitem }}{% else %}none{% endfor %} {{ loop is defined }}",
    "{% for i in [] %}x{% else %}empty{% endfor %}{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in [1, 2] %}[{{ x }}]{% set x = i %}{% endfor %}{{ x }}{% set y %} cap {{ 1 }} {% endset %}[{{ y|trim }}]",
    "{% macro m(a, b=2) %}{{ a }}{{ b }}{{ c }}{% set d = 1 %}{% endmacro %}{% set c = 4 %}{{ m(1) }} {{ m(1, b='x') }}{{ d }}",
    "{% set ns = namespace(a=1, b=[]) %}{% for i in range(3) %}{% set ns.a = ns.a + i %}{% set ns.b = ns.b + [i] %}{% endfor %}{{ ns.a }}{{ ns.b }}",
    "a  {%+ if true %} b {%- endif %} c {{- 1 -}}   d\n   {# comment #}\n  {% if true %}\n  e\n  {% endif %}\n  f {#- x -#} g\n\n",
    "  {{ 1 }}\n  {%- if true +%}\n x{% endif %}\n",
    "{{ 5 is divisibleby 5 }} {{ 5 is odd }} {{ [] is iterable }} {{ {} is mapping }} {{ 'x' is sequence }} {{ true is number }} {{ true is integer }} {{ none is none }} {{ 1 is not none }} {{ 3 is ge 2 }}",
    "{{ [3, 1, 2]|sort }} {{ ['b', 'A', 'c']|sort(reverse=true)|join('') }} {{ [1, 1, 2]|unique|list }} {{ [1, 2]|sum }} {{ [4, 9]|max }} {{ ['a', 'b']|join(', ') }}",
    "{{ [{'a': 1}, {'a': 2, 'b': 3}]|map(attribute='a')|list }} {{ [{'a': 1}, {}]|selectattr('a', 'defined')|list|length }} {{ ['x', '']|select|list }} {{ [1, 2]|map('string')|join('-') }} {{ [1, 2, 3]|reject('odd')|list }}",
    "{{ 'a\\tb\\x41\\u00e9\\\\' 'joined' }} {{ \"it's\" }} {{ 'a\nb'|indent(2) }} {{ '12'|int + 1 }} {{ 'x'|int(7) }} {{ '1.5'|float }} {{ 3.0 }} {{ 1e2|int if false else 0 }}",
    "{{ 'abc'|length }} {{ [1, [2]]|length }} {{ {'a': 1}|length }} {{ 'abc'|list }} {{ 'abc'|reverse }} {{ [1, 2]|reverse|list }} {{ [1, 2]|first }} {{ [1, 2]|last }} {{ {'b': 1, 'a': 2}|dictsort|list|length }}",
    "{% set a, b = [1, 2] %}{{ a }}{{ b }} {{ (1, 2)|length }} {{ [1,2,] }} {{ messages|length }} {{ messages[0]['role'] }} {{ messages[0].nothing is defined }} {{ messages[9] is defined }}",
    "{% if false %}a{% elif true %}b{% else %}c{% endif %}{% if x %}{% elif y %}{% else %}d{% endif %}{% generation %}g{% endgeneration %}",
    "{{ '}}' }}{{ {'a': {'b': 1}}['a'].b }}{{ {'a': {'b': 1}}.a['b'] }}{{ '%}' }}",
    "{{ 'café' == 'cafe\u0301' }} {{ 'e\u0301' in 'cafe\u0301' }} {{ 'cafe\u0301'|length }} {{ 'é' in 'cafe\u0301' }} {{ '👍🏽'|length }}",
]
# What Python refuses when it renders.
REFUSED = [
    "{{ 1 + 'a' }}", "{{ x.y }}", "{{ x() }}", "{{ 'a' + x }}", "{{ raise_exception('no') }}", "{{ 1 / 0 }}",
    "{% for i in none %}{% endfor %}", "{% for i in range(1000000) %}{% endfor %}", "{{ messages.append(1) }}",
    "{% set x.y = 1 %}", "{{ messages[9].role }}",
]


def render(source: str, chat: list) -> str | None:
    try:
        return _compile_jinja_template(source).render(messages=chat, **VARIABLES)
    except Exception:
        return None


def generate(root: Path) -> None:
    cases = [
        {"name": f"{name}, {chat}", "template": source, "messages": messages, "expected": render(source, messages)}
        for name, source in TEMPLATES.items() for chat, messages in CHATS.items()
    ]
    for source in EXPRESSIONS + REFUSED:
        cases.append({"name": source, "template": source, "messages": TALK, "expected": render(source, TALK)})
        assert (cases[-1]["expected"] is None) == (source in REFUSED), source
    (root / "chat_templates.json").write_text(
        json.dumps({"variables": VARIABLES, "cases": cases}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
