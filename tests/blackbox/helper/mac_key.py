# SPDX-License-Identifier: MIT
"""The client's MAC key of a connection, from RFC 5246 5 and 6.3 alone."""
import hmac


def prf(secret, seed, size):
    out, a = b"", seed
    while len(out) < size:
        a = hmac.digest(secret, a, "sha256")
        out += hmac.digest(secret, a + seed, "sha256")
    return out[:size]


def mac_key(folder, client, server):
    """folder: of the play, whose key log has the master secret; randoms."""
    with open(folder + "/keys.log") as log:
        master = next(bytes.fromhex(line.split()[2]) for line in log
            if line.startswith("CLIENT_RANDOM " + client.hex()))
    return prf(master, b"key expansion" + server + client, 32)
