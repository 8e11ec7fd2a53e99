# SPDX-License-Identifier: MIT
"""What `interlude package` made, taken apart, changed, and put together again with a manifest that fits, or with tricks."""
import hashlib
import io
import json
import tarfile


class Artefact:
    def __init__(self, content):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            entries = [(entry.name, archive.extractfile(entry).read()) for entry in archive]
        self.manifest, self.files = json.loads(entries[0][1]), dict(entries[1:])

    def replace(self, old, new):
        """The same number of other bytes, in the modules and in the configuration."""
        self.files = {name: content.replace(old.encode(), new.encode()) for name, content in self.files.items()}
        self.manifest["config"] = json.loads(json.dumps(self.manifest["config"]).replace(old, new))

    def fit(self):
        """The manifest says what the files are."""
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        self.manifest["files"] = {name: {"sha256": digests[name], "size": len(content)} for name, content in self.files.items()}
        for part in "functions", "routes":
            for key, item in self.manifest.get(part, {}).items():
                item["sha256"] = digests.get(item.get("file", key))

    def entries(self):
        """[(TarInfo, bytes)], the manifest first; for tricks."""
        texts = [("manifest.json", json.dumps(self.manifest, separators=(",", ":")).encode())] + sorted(self.files.items())
        return [(tarfile.TarInfo(name), content) for name, content in texts]

    def build(self, stamp=None, change=None):
        """The bytes of the artefact of that time. change(entries): what is done to them before."""
        if stamp:
            self.manifest["timestamp"] = stamp
        self.fit()
        entries = self.entries()
        if change:
            change(entries)
        return pack(entries)


def pack(entries, mode="w:gz"):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, compresslevel=1) as archive:
        for entry, content in entries:
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()
