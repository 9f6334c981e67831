"""Tensors in pith archives, as numpy arrays.

    import pith
    arrays = pith.load("model.safetensors.pith")       # {name: array}, each tensor decoded by itself
    pith.save("model.safetensors.pith", arrays, level=7)
    with pith.Base("step1.safetensors") as base:         # what changed since then
        pith.save("step2.safetensors.pith", arrays, base=base)

Any archive of a safetensors, GGUF or NPY file can be read; what is saved is an archive of a safetensors file, which
`pith -d` restores.  numpy has no bfloat16 and no 8-bit floating point: such tensors come as uint16 and uint8
arrays of the same bits, and `Archive.dtype()` tells what they are; bfloat16() and float32() convert.

NPY arrays in column order come transposed.  Needs numpy and libpith.so: found by the system's loader, or at pith.LIBRARY, which may be set before the first use.
"""
import ctypes
import ctypes.util
import json
import os

import numpy

__all__ = ["Archive", "Base", "Error", "bfloat16", "compress", "decompress", "float32", "load", "save"]

LIBRARY = None  # a path; None: as the system's loader finds it

_NUMPY = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "F8_E4M3": "|u1", "F8_E5M2": "|u1",
    "I64": "<i8", "U64": "<u8", "I32": "<i4", "U32": "<u4", "I16": "<i2", "U16": "<u2",
    "I8": "|i1", "U8": "|u1", "BOOL": "|b1",
}
_SAFETENSORS = {
    "f8": "F64", "f4": "F32", "f2": "F16", "i8": "I64", "u8": "U64", "i4": "I32", "u4": "U32",
    "i2": "I16", "u2": "U16", "i1": "I8", "u1": "U8", "b1": "BOOL",
}


class Error(Exception):
    """What the library says went wrong; `status` is its number."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class _Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("position", ctypes.c_uint64), ("text", ctypes.c_char * 240)]


class _Options(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t), ("level", ctypes.c_int), ("threads", ctypes.c_uint),
        ("memory_limit", ctypes.c_uint64), ("chunk_len", ctypes.c_uint64),
        ("size_hint", ctypes.c_uint64), ("no_verify", ctypes.c_int), ("progress", ctypes.c_void_p),
        ("progress_opaque", ctypes.c_void_p), ("allocator", ctypes.c_void_p),
        ("executor", ctypes.c_void_p), ("output_limit", ctypes.c_uint64), ("prior", ctypes.c_void_p),
        ("no_builtin", ctypes.c_int), ("base", ctypes.c_void_p), ("array", ctypes.c_void_p),
    ]


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.POINTER(ctypes.c_char)), ("name_len", ctypes.c_size_t),
        ("dtype", ctypes.c_char_p), ("dims", ctypes.c_uint64 * 8), ("n_dims", ctypes.c_uint),
        ("offset", ctypes.c_uint64), ("len", ctypes.c_uint64), ("packed_len", ctypes.c_uint64),
    ]


_READ_AT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p,
                            ctypes.c_size_t)
_EACH = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Tensor))
_loaded = None


def _library():
    global _loaded
    if _loaded is None:
        path = LIBRARY or ctypes.util.find_library("pith") or "libpith.so.0"
        library = ctypes.CDLL(path)
        pointer, number = ctypes.c_void_p, ctypes.c_size_t
        library.pith_compress_bound.restype = number
        library.pith_compress_bound.argtypes = [number]
        for name in ("pith_compress", "pith_decompress"):
            getattr(library, name).argtypes = [pointer, number, pointer, pointer, number, pointer, pointer]
        library.pith_reader_create.argtypes = [pointer, _READ_AT, pointer, ctypes.c_uint64, pointer, pointer]
        library.pith_reader_raw_len.restype = ctypes.c_uint64
        library.pith_reader_raw_len.argtypes = [pointer]
        library.pith_reader_read.argtypes = [pointer, pointer, number, pointer, ctypes.c_uint64, pointer]
        library.pith_reader_tensors.argtypes = [pointer, _EACH, pointer, pointer]
        library.pith_reader_destroy.argtypes = [pointer]
        library.pith_base_open.argtypes = [pointer, _READ_AT, pointer, ctypes.c_uint64, pointer, pointer]
        library.pith_base_id.argtypes = [pointer, pointer]
        library.pith_base_close.argtypes = [pointer]
        _loaded = library
    return _loaded


def _check(status, error):
    if status != 0:
        raise Error(status, error.text.decode("utf-8", "replace"))


def _options(level=0, threads=0, memory_limit=0, base=None):
    return _Options(struct_size=ctypes.sizeof(_Options), level=level, threads=threads or os.cpu_count() or 1,
                    memory_limit=memory_limit, base=base.opened if base is not None else None)


def _reader(read):
    """The library's callback for read(offset, length)."""

    def give(opaque, offset, buffer, length):
        try:
            data = read(offset, length)
        except OSError:
            return 1
        if len(data) != length:
            return 1
        ctypes.memmove(buffer, data, length)
        return 0

    return _READ_AT(give)


class Base:
    """A file of tensors, not packed, that others are coded against; to be open as long as it is used."""

    def __init__(self, path):
        self.opened, self._library = ctypes.c_void_p(), _library()
        self._file = open(path, "rb")
        number = self._file.fileno()
        self._read_at = _reader(lambda offset, length: os.pread(number, length, offset))
        error = _Error()
        status = self._library.pith_base_open(ctypes.byref(self.opened), self._read_at, None,
                                              os.fstat(number).st_size, None, ctypes.byref(error))
        if status != 0:
            self.close()
            _check(status, error)

    @property
    def id(self):
        """Its XXH3-128, as hexadecimal digits: what archives name it by."""
        room = ctypes.create_string_buffer(16)
        self._library.pith_base_id(self.opened, room)
        return room.raw.hex()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        if self.opened:
            self._library.pith_base_close(self.opened)
            self.opened = ctypes.c_void_p()
        self._file.close()


def compress(data, level=0, threads=0, memory_limit=0, base=None):
    """The archive of bytes, as bytes."""
    library, error, length = _library(), _Error(), ctypes.c_size_t()
    data = bytes(data)
    room = ctypes.create_string_buffer(library.pith_compress_bound(len(data)))
    options = _options(level, threads, memory_limit, base)
    _check(library.pith_compress(room, len(room), ctypes.byref(length), data, len(data),
                                 ctypes.byref(options), ctypes.byref(error)), error)
    return room.raw[:length.value]


def decompress(data, memory_limit=0, base=None):
    """The content of an archive in memory, as bytes."""
    data = bytes(data)

    def read_at(offset, length):
        return data[offset:offset + length]

    with Archive(None, 0, memory_limit, base, _source=(read_at, len(data))) as archive:
        return archive.read(0, archive.raw_len).tobytes()


class Archive:
    """An open archive of a tensor file: a read-only mapping from names to arrays."""

    def __init__(self, path, threads=0, memory_limit=0, base=None, _source=None):
        self._reader, self._file, self._tensors = ctypes.c_void_p(), None, None
        self._library = _library()
        if _source is None:
            self._file = open(path, "rb")
            length = os.fstat(self._file.fileno()).st_size
            read = self._read_file
        else:
            read, length = _source
        self._read_at, self._base = _reader(read), base  # they live as long as the reader
        error, options = _Error(), _options(0, threads, memory_limit, base)
        status = self._library.pith_reader_create(ctypes.byref(self._reader), self._read_at, None, length,
                                                  ctypes.byref(options), ctypes.byref(error))
        if status != 0:
            self.close()
            _check(status, error)

    def _read_file(self, offset, length):
        return os.pread(self._file.fileno(), length, offset)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        if self._reader:
            self._library.pith_reader_destroy(self._reader)
            self._reader = ctypes.c_void_p()
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def raw_len(self):
        return self._library.pith_reader_raw_len(self._reader)

    def read(self, offset, length):
        """Bytes of the content, as an array of uint8."""
        out, got, error = numpy.empty(length, "u1"), ctypes.c_size_t(), _Error()
        _check(self._library.pith_reader_read(self._reader, out.ctypes.data, length, ctypes.byref(got),
                                              offset, ctypes.byref(error)), error)
        if got.value != length:
            raise Error(-1, "the content ends within the tensor")
        return out

    def _list(self):
        if self._tensors is None:
            tensors, error = {}, _Error()

            def each(_, tensor):
                t = tensor.contents
                name = ctypes.string_at(t.name, t.name_len).decode("utf-8", "replace")
                if "\\" in name:
                    try:
                        name = json.loads('"' + name + '"')
                    except ValueError:
                        pass  # as it is written
                tensors[name] = (t.dtype.decode(), tuple(t.dims[:t.n_dims]) if t.n_dims <= 8 else (0,) * t.n_dims, t.offset, t.len,
                                 t.packed_len)
                return 0

            _check(self._library.pith_reader_tensors(self._reader, _EACH(each), None, ctypes.byref(error)),
                   error)
            self._tensors = tensors
        return self._tensors

    def keys(self):
        return self._list().keys()

    def __iter__(self):
        return iter(self._list())

    def __len__(self):
        return len(self._list())

    def __contains__(self, name):
        return name in self._list()

    def dtype(self, name):
        """The type's name as in the file: "F32", "BF16", "Q8_0", ..."""
        return self._list()[name][0]

    def shape(self, name):
        return self._list()[name][1]

    def packed_len(self, name):
        """The bytes that the tensor takes in the archive, roughly."""
        return self._list()[name][4]

    def __getitem__(self, name):
        """The tensor; of types that numpy and pith do not know, its bytes."""
        dtype, shape, offset, length, _ = self._list()[name]
        data = self.read(offset, length)
        if dtype not in _NUMPY or len(shape) > 8:
            return data
        return data.view(_NUMPY[dtype]).reshape(shape)


def load(path, threads=0, memory_limit=0, base=None):
    """All tensors of an archive: {name: array}."""
    with Archive(path, threads, memory_limit, base) as archive:
        return {name: archive[name] for name in archive}


def bfloat16(array):
    """float32 values rounded to the nearest bfloat16, ties to even, as uint16 of their bits."""
    bits = numpy.ascontiguousarray(array, "<f4").view("<u4")
    rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16
    return numpy.where(numpy.isnan(array), bits >> 16 | 64, rounded).astype("<u2")


def float32(bits):
    """The values of bfloat16 bits as float32."""
    return (bits.astype("<u4") << 16).view("<f4")


def _safetensors(tensors, dtypes, metadata):
    head, data, offset = {}, [], 0
    if metadata:
        head["__metadata__"] = metadata
    for name, array in tensors.items():
        array = numpy.asarray(array)
        kind = array.dtype.str[1:]
        if kind not in _SAFETENSORS:
            raise TypeError("tensor %r: safetensors has no type for %s" % (name, array.dtype))
        dtype = (dtypes or {}).get(name, _SAFETENSORS[kind])
        if numpy.dtype(_NUMPY[dtype]).itemsize != array.dtype.itemsize:
            raise TypeError("tensor %r: %s is no %s" % (name, array.dtype, dtype))
        part = numpy.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        head[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [offset, offset + len(part)]}
        offset += len(part)
        data.append(part)
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text] + data)


def save(path, tensors, dtypes=None, metadata=None, level=0, threads=0, memory_limit=0, base=None):
    """Packs {name: array} as an archive of a safetensors file.

    dtypes: {name: "BF16"} and the like, for arrays of bits.  metadata: {text: text}.  base: an open Base.  The file
    appears when it is complete.
    """
    packed = compress(_safetensors(tensors, dtypes, metadata), level, threads, memory_limit, base)
    temporary = "%s.%d.tmp" % (path, os.getpid())
    try:
        with open(temporary, "wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
