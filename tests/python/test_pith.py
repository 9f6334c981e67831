"""The Python module: what is saved is loaded again, to the bit.  Argument: libpith.so."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bindings", "python"))
import pith

pith.LIBRARY, COMMAND = sys.argv.pop(1), sys.argv.pop(1)


class Tensors(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "m.safetensors.pith")
        random = numpy.random.RandomState(7)
        weights = random.normal(0, 0.02, (40, 30)).astype("f4")
        weights[0, :3] = [numpy.nan, numpy.inf, -0.0]
        self.tensors = {
            "weights": weights,
            "half": weights.astype("f2"),
            "brain": pith.bfloat16(weights),
            "double": weights.astype("f8")[:, ::2],  # not contiguous
            "integers": random.randint(-9, 9, (5, 3, 2)).astype("i8"),
            "bytes": random.randint(0, 255, 600).astype("u1"),
            "flags": random.randint(0, 2, 50).astype("b1"),
            "scalar": numpy.float32(3),
            "nothing": numpy.zeros((0, 4), "f4"),
            "a \"name\"/\u00e9": numpy.arange(3, dtype="u4"),
            "big-endian": numpy.arange(5, dtype=">i4"),
        }

    def tearDown(self):
        self.folder.cleanup()

    def check(self, loaded):
        self.assertEqual(set(loaded), set(self.tensors))
        for name, array in self.tensors.items():
            array = numpy.asarray(array)
            self.assertEqual(loaded[name].shape, array.shape, name)
            self.assertEqual(loaded[name].tobytes(), array.astype(array.dtype.newbyteorder("<")).tobytes(), name)

    def test_base(self):
        older = os.path.join(self.folder.name, "older.safetensors")
        with open(older, "wb") as file:
            file.write(pith._safetensors({**self.tensors, "more": numpy.ones(9)}, {"brain": "BF16"}, None))
        self.tensors["weights"] = numpy.nextafter(self.tensors["weights"], numpy.float32(1))
        pith.save(self.path, self.tensors, dtypes={"brain": "BF16"})
        alone = os.path.getsize(self.path)
        with pith.Base(older) as base:
            pith.save(self.path, self.tensors, dtypes={"brain": "BF16"}, base=base)
            self.assertLess(os.path.getsize(self.path), alone / 2)
            self.check(pith.load(self.path, base=base))
            with self.assertRaises(pith.Error) as caught:
                pith.load(self.path)
            self.assertEqual(caught.exception.status, 15)
            self.assertIn(base.id, str(caught.exception))
            with open(self.path, "rb") as file:
                self.assertEqual(len(pith.decompress(file.read(), base=base)),
                                 len(pith._safetensors(self.tensors, {"brain": "BF16"}, None)))
        self.assertRaises(pith.Error, pith.Base, self.path)  # an archive is none

    def test_round_trip(self):
        for level in (1, 5, 9):
            pith.save(self.path, self.tensors, dtypes={"brain": "BF16"}, metadata={"format": "pt"}, level=level)
            self.check(pith.load(self.path))
        with pith.Archive(self.path) as archive:
            self.assertEqual(archive.dtype("brain"), "BF16")
            self.assertEqual(archive.shape("integers"), (5, 3, 2))
            self.assertEqual(len(archive), len(self.tensors))
            self.assertIn("flags", archive)
            self.assertGreater(archive.packed_len("weights"), 0)
            numpy.testing.assert_array_equal(archive["bytes"], self.tensors["bytes"])
            self.assertRaises(KeyError, lambda: archive["none"])

    def test_command_reads_it(self):
        pith.save(self.path, self.tensors, level=2)
        raw = subprocess.run([COMMAND, "-dc", self.path], check=True, capture_output=True).stdout
        length = int.from_bytes(raw[:8], "little")
        self.assertEqual(json.loads(raw[8:8 + length])["weights"]["shape"], [40, 30])
        part = subprocess.run([COMMAND, "-dc", "--tensor=half", self.path], check=True, capture_output=True).stdout
        self.assertEqual(part, self.tensors["half"].tobytes())

    def test_other_files(self):
        array = numpy.arange(60, dtype="<i2").reshape(3, 4, 5)
        plain = os.path.join(self.folder.name, "a.npy")
        for order in "CF":
            numpy.save(plain, numpy.asarray(array, order=order))
            with open(plain, "rb") as file, open(self.path, "wb") as packed:
                packed.write(pith.compress(file.read()))
            loaded = pith.load(self.path)[""]
            self.assertEqual(loaded.tolist(), (array if order == "C" else array.T).tolist())

    def test_odd_names(self):
        head = br'{"a\q":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,2]}}'
        with open(self.path, "wb") as packed:
            packed.write(pith.compress(len(head).to_bytes(8, "little") + head + b"xy"))
        self.assertEqual({name: array.tobytes() for name, array in pith.load(self.path).items()}, {r"a\q": b"xy"})

    def test_bytes(self):
        for data in (b"", b"x", b"some text " * 1000):
            self.assertEqual(pith.decompress(pith.compress(data, level=5)), data)

    def test_errors(self):
        with open(self.path, "wb") as file:
            file.write(pith.compress(b"no tensors"))
        self.assertRaises(pith.Error, pith.load, self.path)
        with open(self.path, "wb") as file:
            file.write(b"no archive")
        self.assertRaises(pith.Error, pith.load, self.path)
        self.assertRaises(OSError, pith.load, self.path + ".none")
        self.assertRaises(TypeError, pith.save, self.path, {"a": numpy.zeros(3, "c8")})
        self.assertRaises(TypeError, pith.save, self.path, {"a": numpy.zeros(3, "f4")}, {"a": "BF16"})
        self.assertRaises(pith.Error, pith.compress, b"x", 99)
        pith.save(self.path, self.tensors)
        with open(self.path, "r+b") as file:
            file.seek(900)
            byte = file.read(1)
            file.seek(900)
            file.write(bytes([byte[0] ^ 1]))
        self.assertRaises(pith.Error, pith.load, self.path)
        self.assertEqual(os.listdir(self.folder.name), ["m.safetensors.pith"])

    def test_bfloat16(self):
        values = numpy.array([1, -2.5, 1e-40, 3.0e38, 1 + 2**-8, 1 + 3 * 2**-8, numpy.inf, numpy.nan], "f4")
        back = pith.float32(pith.bfloat16(values))
        self.assertEqual(back[4], 1)
        self.assertEqual(back[5], 1 + 2**-6)
        self.assertTrue(numpy.isnan(back[7]) and numpy.isinf(back[6]))
        self.assertEqual(back[1], -2.5)


unittest.main()
