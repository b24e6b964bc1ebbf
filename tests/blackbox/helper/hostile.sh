# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Evidence as an enemy would write it.

# hostile_run FOLDER: one play, every text of which tries to become markup.
hostile_run() {
	python3 - "$1" <<'PY'
import json, os, sys
evil = "\"'><b class=hostile>&amp;</b></script><script>alert(1)</script><svg onload=alert(2)>\x1b[31m\u202e]]>-->"
short = "'><b class=hostile>"
folder = os.path.join(sys.argv[1], "X1.\"'><b class=hostile> javascript:")
os.makedirs(folder)
flow = {"src_ip": "198.51.100.10", "src_port": 40000,
        "dest_ip": "198.51.100.20", "dest_port": 443}
hosts = [{"name": name, "port": 443, "interfaces": [
    {"network": "outer", "address": address, "mac": "02:00:c6:33:64:0a"}]}
    for name, address in (("client", "198.51.100.10"),
                          ("gateway<b class=hostile>", "198.51.100.20"),
                          ("attacker", "198.51.100.66"))]
gateway = hosts[1]["name"]
events = [
    {"host": "client", "event_type": "connection", "action": "opened", **flow},
    {"host": "client", "event_type": "tls_handshake", "outcome": "completed", "version": evil, **flow},
    {"host": gateway, "event_type": "request", "method": short, "path": evil, "id": short,
     "verdict": evil, "fingerprint": evil, **flow},
    {"host": "attacker", "event_type": "copy_sent", "kind": evil, "id": short, "fingerprint": evil, **flow},
    {"host": gateway, "event_type": "tls_alert", "direction": "sent", "description": evil, **flow},
    {"host": "client", "event_type": "connection", "action": "closed", "reason": "reset", **flow},
    {"host": "client", "event_type": "transfer", "id": short, "outcome": evil, "problem": evil},
    {"host": "lab", "event_type": "clock", "on": evil, "ahead_ns": 1e300},
    {"host": "lab", "event_type": "tcp_drop", "on": "client", "counter": evil},
]
with open(os.path.join(folder, "events.jsonl"), "w") as out:
    for event in events:
        json.dump({"timestamp": evil, "pid": 1, **event}, out)
        out.write("\n")
json.dump({"v": 1, "hosts": hosts}, open(os.path.join(folder, "manifest.json"), "w"))
json.dump({"id": "X1", "title": evil, "clause": evil, "result": evil, "reason": evil,
           "sentence": evil, "stopped_by": evil,
           "executed": [{"id": evil, "times": -1}],
           "collateral": [{"what": evil, "id": evil}],
           "copies": [{"event": 3, "at": gateway, "check": evil,
                       "explanation": {"carried": evil, "expected": evil}}],
           "ledger": [{"backend": evil, "id": evil, "seq": 1e300, "amount": -1}]},
          open(os.path.join(folder, "result.json"), "w"))
PY
}
