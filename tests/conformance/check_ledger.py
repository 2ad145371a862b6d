#!/usr/bin/env python3
"""A second reader of docs/ledger-format.md, written from the document, with nothing but Python's standard library.

    python3 check_ledger.py ledger-vectors.json

Exits 0 when it agrees with every vector. Ed25519 is the arithmetic of RFC 8032, slow and plain.
"""
import base64
import hashlib
import hmac
import json
import re
import sys
from datetime import datetime, timezone


class Refused(Exception):
    """The input is not what the document describes."""


# --- Base 64, JSON ---------------------------------------------------------------------------------------------

def decode(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as error:
        raise Refused("not base 64") from error
    if base64.b64encode(data).decode() != text:
        raise Refused("not canonical base 64")
    return data


def decode_hash(text):
    data = decode(text)
    if len(data) != 32:
        raise Refused("not 32 bytes")
    return data


def encode(data):
    return base64.b64encode(data).decode()


def number(value):
    """ECMAScript Number::toString, which RFC 8785 prescribes."""
    value = float(value)
    if value == 0:
        return "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    digits, exponent = f"{value!r}e0".split("e")[:2]
    whole, _, part = digits.partition(".")
    if part == "0":
        part = ""
    point = len(whole) + int(exponent)
    digits = whole + part
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def string(text):
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def canonical(value):
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(string(name) + ":" + canonical(value[name]) for name in names) + "}"


# --- Section 1: payload ----------------------------------------------------------------------------------------

def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def read_payload(payload):
    """The event's commitment and the values of its open fields."""
    if not isinstance(payload, dict) or set(payload) != {"salt", "fields"} or not isinstance(payload["fields"], list):
        raise Refused("payload")
    message, values, before = b"xiangli-payload/v1\n", {}, ""
    for field in payload["fields"]:
        name = field.get("name") if isinstance(field, dict) else None
        if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_.-]{0,63}", name) or name <= before:
            raise Refused("field name or order")
        before = name
        if set(field) == {"name", "salt", "value"}:
            text = canonical([name, field["value"]]).encode()
            commitment = mac(decode_hash(field["salt"]), b"xiangli-field/v1\n" + text)
            values[name] = field["value"]
        elif set(field) == {"name", "commitment"}:
            commitment = decode_hash(field["commitment"])
        else:
            raise Refused("field members")
        message += bytes([len(name)]) + name.encode() + commitment
    return mac(decode_hash(payload["salt"]), message), values


# --- Section 2: leaf -------------------------------------------------------------------------------------------

def slug(text):
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return
    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?", text) or re.search(r"[0-9]{7}", text):
        raise Refused("slug")


def decimal(text):
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", text) or int(text) > 2**53 - 1:
        raise Refused("number")
    return int(text)


def ranges(text):
    before = -2
    for part in text.split(","):
        ends = [decimal(end) for end in part.split("-")]
        if len(ends) > 2 or ends[0] <= before + 1 or (len(ends) == 2 and ends[1] <= ends[0]):
            raise Refused("ranges")
        before = ends[-1]


def one_of(*words):
    def check(text):
        if text not in words:
            raise Refused("word")
    return check


def origin_form(text):
    if not re.fullmatch(r"[a-z0-9.-]{1,200}/[a-z0-9-]{1,64}/[1-9][0-9]{0,5}", text):
        raise Refused("origin")


KINDS = {
    "case": [("commitment", decode_hash)],
    "register": [("register", slug), ("entry", slug), ("version", decimal), ("commitment", decode_hash)],
    "package": [("package", slug), ("version", slug), ("digest", decode_hash)],
    "publication": [("publication", slug), ("action", one_of("publish", "withdraw")), ("commitment", decode_hash)],
    "key": [("action", one_of("announce", "use", "drop")), ("vkey", lambda text: read_vkey(text))],
    "audit": [("audit", slug), ("size", decimal), ("findings", decimal), ("commitment", decode_hash)],
    "erased": [("covers", ranges), ("basis", slug), ("commitment", decode_hash)],
    "views": [("commitment", decode_hash)],
    "epoch": [("previous", origin_form), ("size", decimal), ("root", decode_hash)],
}


def read_leaf(text):
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != "xiangli-leaf/v1" or lines[1] not in KINDS or lines.pop() != "":
        raise Refused("leaf")
    try:
        if datetime.strptime(lines[2], "%Y-%m-%dT%HZ").strftime("%Y-%m-%dT%HZ") != lines[2]:
            raise Refused("hour")
    except ValueError as error:
        raise Refused("hour") from error
    grammar, fields = KINDS[lines[1]], {}
    if len(lines) != 3 + len(grammar):
        raise Refused("number of lines")
    for line, (name, check) in zip(lines[3:], grammar):
        if not line.startswith(name + " "):
            raise Refused("line")
        fields[name] = line[len(name) + 1:]
        check(fields[name])
    return fields


def leaf_hash(text):
    return hashlib.sha256(b"\x00" + text.encode()).digest()


# --- Ed25519 (RFC 8032) and signed notes -----------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point, scalar = point_add(point, point), scalar >> 1
    return result


def point_equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point_decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(data) != 32 or y >= P:
        raise Refused("point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Refused("point")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public, message, signature):
    if len(signature) != 64:
        return False
    try:
        key, r = point_decode(public), point_decode(signature[:32])
    except Refused:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return point_equal(point_multiply(s, BASE), point_add(r, point_multiply(k, key)))


def read_vkey(text):
    match = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", text)
    if not match:
        raise Refused("vkey")
    name, key_id, data = match[1], bytes.fromhex(match[2]), decode(match[3])
    if data[:1] not in (b"\x01", b"\x04") or hashlib.sha256(name.encode() + b"\n" + data).digest()[:4] != key_id:
        raise Refused("vkey")
    if point_equal(point_multiply(8, point_decode(data[1:])), (0, 1, 1, 0)):
        raise Refused("key of low order")
    return name, key_id, data[1:]


def split_note(note):
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise Refused("note")
    lines = []
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        if not match:
            raise Refused("signature line")
        lines.append((match[1], decode(match[2])))
    return text + "\n", lines


def verify_note(note, vkey):
    """The text of a note that this key signed."""
    (name, key_id, public), (text, lines) = read_vkey(vkey), split_note(note)
    mine = [data[4:] for who, data in lines if who == name and data[:4] == key_id]
    if not mine or not all(ed25519_verify(public, text.encode(), signature) for signature in mine):
        raise Refused("signature")
    return text, name


# --- Section 3: promise ----------------------------------------------------------------------------------------

def second(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        raise Refused("time")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def read_promise(note):
    lines = split_note(note)[0].split("\n")
    if len(lines) != 6 or lines[0] != "xiangli-promise/v1" or lines[5] != "":
        raise Refused("promise")
    for line, word in zip(lines[2:5], ("leaf ", "time ", "include-by ")):
        if not line.startswith(word):
            raise Refused("promise line")
    promise = {"origin": lines[1], "leaf_hash": lines[2][5:], "time": lines[3][5:], "include_by": lines[4][11:]}
    decode_hash(promise["leaf_hash"])
    if second(promise["include_by"]) < second(promise["time"]):
        raise Refused("times")
    return promise


# --- Section 4: receipt ----------------------------------------------------------------------------------------

def check_inclusion(leaf, index, size, root, proof):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        raise Refused("index")
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Refused("proof too long")
        if node & 1 or node == last:
            result = hashlib.sha256(b"\x01" + sibling + result).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            result = hashlib.sha256(b"\x01" + result + sibling).digest()
        node, last = node >> 1, last >> 1
    if last or result != root:
        raise Refused("proof")


def check_proof(receipt, vkey):
    head, gap, checkpoint = receipt["proof"].partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Refused("proof")
    if lines[0].startswith("extra "):
        decode(lines.pop(0)[6:])
    if not lines[0].startswith("index "):
        raise Refused("index line")
    index = decimal(lines.pop(0)[6:])
    text, name = verify_note(checkpoint, vkey)
    body = text.split("\n")
    promise = read_promise(receipt["promise"])
    if body[0] != name or promise["origin"] != name or promise["leaf_hash"] != encode(leaf_hash(receipt["leaf"])):
        raise Refused("origin")
    check_inclusion(leaf_hash(receipt["leaf"]), index, decimal(body[1]), decode_hash(body[2]), [decode_hash(line) for line in lines])


def check_promise(receipt, vkey):
    promise = read_promise(receipt["promise"])
    _, name = verify_note(receipt["promise"], vkey)
    if name != promise["origin"] + "/promise" or promise["leaf_hash"] != encode(leaf_hash(receipt["leaf"])):
        raise Refused("promise of something else")


def passes(work, *arguments):
    try:
        work(*arguments)
        return True
    except Refused:
        return False


def check_payload(receipt):
    if read_payload(receipt["payload"])[0] != decode_hash(read_leaf(receipt["leaf"])["commitment"]):
        raise Refused("payload of another leaf")


def check_receipt(receipt, vkey=None, promise_vkey=None):
    """Whether it is good, and what it proves: nothing, promised, included. Keys come from outside only."""
    if receipt.get("format") != "xiangli-receipt/v1" or not passes(read_leaf, receipt["leaf"]):
        return False, "nothing"
    good = vkey is not None or promise_vkey is not None
    if "payload" in receipt:
        good &= passes(check_payload, receipt)
    promised = promise_vkey is not None and passes(check_promise, receipt, promise_vkey)
    good &= promised or (promise_vkey is None and "proof" in receipt)
    included = vkey is not None and "proof" in receipt and passes(check_proof, receipt, vkey)
    good &= included or vkey is None or "proof" not in receipt
    level = "included" if included else "promised" if promised else "nothing"
    return bool(good) and level != "nothing", level


# --- Witnesses: C2SP tlog-cosignature (cosignature/v1) and tlog-policy --------------------------------------------

def cosigned_at(note, vkey):
    """When this witness cosigned the checkpoint, or None; a line that claims its key and is wrong is refused."""
    (name, key_id, public), (text, lines) = read_vkey(vkey), split_note(note)
    times = []
    for who, data in lines:
        if who != name or data[:4] != key_id:
            continue
        time = int.from_bytes(data[4:12], "big")
        message = f"cosignature/v1\ntime {time}\n{text}".encode()
        if len(data) != 76 or time >= 2**63 or not ed25519_verify(public, message, data[12:]):
            raise Refused("cosignature")
        times.append(time)
    return max(times, default=None)


def key_type(vkey):
    read_vkey(vkey)
    return decode(vkey.split("+", 2)[2])[0]


def read_policy(text):
    """Logs, witnesses, groups in the order of their definition, and the quorum."""
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        raise Refused("control character")
    logs, witnesses, groups, members, quorum = [], {}, {}, set(), None
    for line in text.split("\n"):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        keyword, rest = words[0], words[1:]
        known = set(witnesses) | set(groups)
        if keyword == "log" and len(rest) in (1, 2) and key_type(rest[0]) == 1:
            if read_vkey(rest[0])[2] in [read_vkey(log)[2] for log in logs]:
                raise Refused("log twice")
            logs.append(rest[0])
        elif keyword == "witness" and len(rest) in (2, 3) and rest[0] not in known | {"none"} and key_type(rest[1]) == 4:
            if read_vkey(rest[1])[2] in [read_vkey(key)[2] for key in witnesses.values()]:
                raise Refused("witness twice")
            witnesses[rest[0]] = rest[1]
        elif keyword == "group" and len(rest) >= 3 and rest[0] not in known | {"none"}:
            own = rest[2:]
            count = {"all": len(own), "any": 1}.get(rest[1]) or decimal(rest[1])
            if not 1 <= count <= len(own) or any(name not in known or name in members for name in own) or len(set(own)) < len(own):
                raise Refused("group")
            members.update(own)
            groups[rest[0]] = (count, own)
        elif keyword == "quorum" and len(rest) == 1 and quorum is None and rest[0] in known | {"none"}:
            quorum = rest[0]
        else:
            raise Refused("line")
    if quorum is None:
        raise Refused("no quorum")
    return logs, witnesses, groups, quorum


def check_policy(policy, note):
    logs, witnesses, groups, quorum = read_policy(policy)
    origin = split_note(note)[0].split("\n")[0]
    mine = [log for log in logs if read_vkey(log)[0] == origin]
    if not any(passes(verify_note, note, log) for log in mine):
        raise Refused("log")
    reached = {name for name, vkey in witnesses.items() if cosigned_at(note, vkey) is not None}
    for name, (count, own) in groups.items():
        if len(reached.intersection(own)) >= count:
            reached.add(name)
    if quorum != "none" and quorum not in reached:
        raise Refused("quorum")


# --- The vectors -----------------------------------------------------------------------------------------------

def check_all(vectors):
    for row in vectors["canonical_json"]:
        yield "canonical_json", canonical(row["value"]) == row["text"]
    for row in vectors["payloads"]:
        commitment, values = read_payload(row["payload"])
        yield "payloads", encode(commitment) == row["commitment"] and sorted(values) == sorted(row["open"])
    for row in vectors["leaves"]:
        read_leaf(row["text"])
        yield "leaves", encode(leaf_hash(row["text"])) == row["hash"]
    for row in vectors["promises"]:
        text = verify_note(row["note"], row["vkey"])[0]
        expected = {name: row[name] for name in ("origin", "leaf_hash", "time", "include_by")}
        yield "promises", text.startswith("xiangli-promise/v1\n") and read_promise(row["note"]) == expected
    for row in vectors["receipts"]:
        yield "receipts", check_receipt(row["receipt"], row.get("vkey"), row.get("promiseVkey")) == (row["ok"], row["level"])
    for row in vectors["policies"]:
        yield "policies", passes(check_policy, row["policy"], row["note"]) == row["ok"]
    for name, read in (("payloads_refused", read_payload), ("leaves_refused", read_leaf), ("promises_refused", read_promise), ("policies_refused", read_policy)):
        for row in vectors[name]:
            yield name, not passes(read, row)


def main(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    results = list(check_all(vectors))
    for name in dict(results):
        outcomes = [good for row, good in results if row == name]
        print(f"{name}: {sum(outcomes)} of {len(outcomes)} agree")
        for place, good in enumerate(outcomes):
            if not good:
                print(f"  DISAGREES: {name}[{place}]")
    return 0 if all(good for _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
