/* pith: compression by prediction.
 *
 * The whole public interface of libpith.  C99 and C++11 clean.  Nothing here is global, reads the
 * environment, does I/O or aborts.  An object may be used by one thread at a time; different objects
 * are independent.  The same options give the same packed bytes on every machine and for every
 * number of threads, and an archive decodes to the same bytes everywhere or to an error. */
#ifndef PITH_PITH_H
#define PITH_PITH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PITH_VERSION_MAJOR 0
#define PITH_VERSION_MINOR 1
#define PITH_VERSION_PATCH 0

#if defined(__GNUC__) || defined(__clang__)
#define PITH_API __attribute__((visibility("default")))
#else
#define PITH_API
#endif

/* Levels: a level is a named set of predictors and a bound on memory.  See docs/benchmarks.md. */
#define PITH_LEVEL_MIN     1
#define PITH_LEVEL_MAX     9
#define PITH_LEVEL_DEFAULT 5

/* Every outcome.  Values are frozen: new ones are appended, none is ever renumbered. */
typedef enum pith_status {
    PITH_OK = 0,             /* done, or (streaming) call again with more input or output room */
    PITH_END = 1,            /* streaming: all frames ended and every check passed */
    PITH_E_ARGUMENT = 2,     /* a caller's mistake: null pointer, level out of range, bad order */
    PITH_E_MEMORY = 3,       /* the allocator returned NULL */
    PITH_E_MEMORY_LIMIT = 4, /* more memory is needed than pith_options.memory_limit allows */
    PITH_E_OUTPUT_FULL = 5,  /* one-shot: the destination is too small */
    PITH_E_FORMAT = 6,       /* not a pith archive at all */
    PITH_E_CORRUPT = 7,      /* a pith archive whose bytes are wrong */
    PITH_E_TRUNCATED = 8,    /* a pith archive that ends too early */
    PITH_E_UNSUPPORTED = 9,  /* made by a newer version: unknown version, flag or codec */
    PITH_E_CANCELLED = 10,   /* the progress callback asked to stop */
    PITH_E_INTERNAL = 11, /* the verifying decode differs: a bug or bad memory, never the input */
    PITH_E_IO = 12,       /* a caller's read_at callback failed */
    PITH_E_OUTPUT_LIMIT = 13, /* decoding would give more than pith_options.output_limit */
    PITH_E_PRIOR = 14,        /* a prior is needed that is not at hand, or it is another one; the
                               * first 32 hexadecimal digits in a row of the text are its id */
    PITH_E_BASE = 15          /* the same of a base */
} pith_status;

/* Where and why a call failed.  `position` is a byte offset in the packed data when decoding, in the
 * raw data when encoding.  `text` is one English line without a final newline. */
typedef struct pith_error {
    pith_status status;
    uint64_t position;
    char text[240];
} pith_error;

/* Called between steps of long work, about ten times a second or more, never from two threads at once,
 * with totals over the whole stream so far, which may be those of the call before.  Encoding, a byte
 * that is not verified yet counts half.  Return 0 to go on, anything else to stop with PITH_E_CANCELLED. */
typedef int (*pith_progress_fn)(void *opaque, uint64_t raw_done, uint64_t packed_done);

/* Memory from the caller.  `allocate` returns NULL on failure, and memory aligned as malloc's. */
typedef struct pith_allocator {
    void *(*allocate)(void *opaque, size_t len);
    void (*release)(void *opaque, void *memory);
    void *opaque;
} pith_allocator;

/* Threads from the caller, in place of the library's own.  `start` has job(job_opaque) called once, in
 * any thread and at any time, or at once before it returns, and returns nonzero; or it returns 0, and
 * the library does that job itself.  Jobs never wait for each other, so one thread is enough for any
 * number of them; but it must not be the one that calls the library, which waits.  Every job that was
 * accepted has ended before the object that started it is destroyed.  options.threads says how many jobs there are at once at most. */
typedef void (*pith_job_fn)(void *job_opaque);

typedef struct pith_executor {
    int (*start)(void *opaque, pith_job_fn job, void *job_opaque);
    void *opaque;
} pith_executor;

/* What models have learnt beforehand; see the end of this file. */
#define PITH_PRIOR_ID_LEN 16
typedef struct pith_prior pith_prior;

/* A file that another one is coded against; see "Bases" below. */
#define PITH_BASE_ID_LEN 16
typedef struct pith_base pith_base;

/* A content that is one array of numbers and nothing else, little-endian, the last dimension in a line. */
typedef struct pith_array {
    const char *
        type; /* "bf16", "f16", "f32", "f64", "f8" or "fp8" (a sign, then the rest by magnitude), "u8", "i8", "u16", "i16",
                       * "u32", "i32", "u64" or "i64" */
    uint64_t dims[8]; /* slowest first; the first may be 0: as many as there are */
    unsigned n_dims;  /* 0: not known */
} pith_array;

/* All fields zero (but struct_size) means every default.  Set struct_size to sizeof(pith_options): a
 * program built against an older pith.h has a shorter struct, whose missing fields are zero.
 * pith_parameter_at() tells the bounds of the numbers. */
typedef struct pith_options {
    size_t struct_size;
    int level;             /* encoding: 1..9, 0 = PITH_LEVEL_DEFAULT */
    unsigned threads;      /* most threads used at once, 0 = 1; never changes the packed bytes */
    uint64_t memory_limit; /* bytes, 0 = PITH_MEMORY_LIMIT_DEFAULT; checked before allocating */
    uint64_t chunk_len;    /* encoding: raw bytes a chunk, 0 = the level's; part of the format */
    uint64_t size_hint;    /* encoding a stream: its total length if known, else 0; advice only */
    int no_verify;         /* encoding: 1 skips decoding each chunk again to compare */
    pith_progress_fn progress; /* may be NULL */
    void *progress_opaque;
    const pith_allocator *allocator; /* NULL = malloc and free; must outlive the object */
    const pith_executor
        *executor;           /* NULL = threads of the library's own; must outlive the object */
    uint64_t output_limit;   /* decoding: most raw bytes given out, 0 = no limit; a chunk that would
                            * pass it is refused before it is decoded.  A reader, which gives out
                            * what it is asked for, does not look at it */
    const pith_prior *prior; /* NULL = none; must outlive the object, and any number may share it.
                              * Encoding: begin with what it has learnt; `level` is 0 or the
                              * prior's.  Decoding: used by frames that name it */
    int no_builtin; /* encoding: 1 begins with nothing learnt; else, without a prior, with one of those
                              * that are built in, where that helps.  Levels 5 to 9 have them */
    const pith_base *base; /* NULL = none; must outlive the object, and any number may share it.
                            * Encoding: tensors are coded as what they differ by from those of the same
                            * name; not together with a prior.  Decoding: used by chunks that name it */
    const pith_array
        *array; /* NULL = none; must outlive the object.  Encoding: what the content is; if it is
                              * something else after all, it comes back all the same.  Not together with a
                              * prior or a base */
    const char *
        points; /* NULL = none; must outlive the object.  Encoding: the content is points, records of
                              * little-endian float32 with these fields, a letter each: x, y, z, i (intensity), r (ring),
                              * t (time), o (any other).  If it is not, it comes back all the same.  Not together
                              * with a prior, a base or an array */
    const char *
        grid; /* NULL = none; must outlive the object.  Encoding: numbers of points are put on multiples of a step, and
                              * come back no further than half of it from what they were: "1e-3" for coordinates,
                              * in metres, or "xy=1e-3,z=0.01,i=2" with letters as in `points`.  A step has at most three digits, up to 255, and is 1e-7
                              * at least.  A field's numbers that are too coarse for its step, or not numbers, keep all their bits, and so do points of text and all other content.
                              * Not together with a prior, a base or an array */
} pith_options;

#define PITH_MEMORY_LIMIT_DEFAULT ((uint64_t)4 << 30)

/* The numbers of pith_options as a table, for help texts, bindings and documents.  A value of 0 is
 * always allowed and means the default. */
typedef struct pith_parameter {
    const char *name; /* of the field */
    const char *unit; /* "bytes", "threads", or "" */
    const char *text; /* one line of English, without a full stop */
    uint64_t min, max;
    uint64_t default_value;       /* 0: no fixed one; `text` says what it is */
    int is_encoding, is_decoding; /* nonzero: has a meaning there */
} pith_parameter;

/* Parameter `n`, 0 first, or NULL past the last.  Static. */
PITH_API const pith_parameter *pith_parameter_at(unsigned n);

/* Sets or tells a field by its name.  PITH_E_ARGUMENT: no such name, or a value out of bounds. */
PITH_API pith_status pith_options_set(pith_options *options, const char *name, uint64_t value,
                                      pith_error *error);
PITH_API pith_status pith_options_get(const pith_options *options, const char *name,
                                      uint64_t *value, pith_error *error);

/* Library version, "major.minor.patch". */
PITH_API const char *pith_version(void);

/* Short English text of a status.  Never NULL. */
PITH_API const char *pith_status_text(pith_status status);

/* The most bytes that pith_compress() can produce from raw_len bytes: raw_len + 0.1 % + 64 at most.
 * 0 if that does not fit in size_t. */
PITH_API size_t pith_compress_bound(size_t raw_len);

/* Bytes of memory that encoding (with threads = 1 and verification on) or decoding will need for
 * data of raw_len bytes at a level; raw_len UINT64_MAX = unknown.  0 on a bad level.  With a limit
 * below that, down to about half of it, encoding verifies in the same memory, later.  With a prior it is
 * a few MB more, and the prior itself (pith_prior_info); with a base up to 3 MB and a chunk's length
 * more to decode, twice that to encode. */
PITH_API uint64_t pith_encode_need(int level, uint64_t raw_len, uint64_t chunk_len);
PITH_API uint64_t pith_decode_need(int level, uint64_t raw_len, uint64_t chunk_len);

/* Raw bytes of a chunk at a level if options.chunk_len is 0.  0 on a bad level. */
PITH_API uint64_t pith_chunk_len(int level);

/* One-shot.  `*dst_len` receives the bytes written.  options and error may be NULL.  On failure the
 * contents of dst are undefined and *dst_len is 0.  pith_decompress() decodes concatenated frames to
 * their concatenation; anything after the last frame that is not a frame is PITH_E_CORRUPT.
 * An input of more than one chunk has its size in the header, which a stream cannot know beforehand:
 * there, and only there, the packed bytes differ from those of a stream. */
PITH_API pith_status pith_compress(void *dst, size_t dst_cap, size_t *dst_len, const void *src,
                                   size_t src_len, const pith_options *options, pith_error *error);
PITH_API pith_status pith_decompress(void *dst, size_t dst_cap, size_t *dst_len, const void *src,
                                     size_t src_len, const pith_options *options,
                                     pith_error *error);

/* Streaming.  The caller owns both buffers; a call moves `pos` forward in each.  Any split of input
 * and output gives the same bytes.  The object buffers whole chunks: compare pith_encode_need().
 * Without size_hint, the buffer of a stream's first chunk may be twice as long as what is in it. */
typedef struct pith_in {
    const void *data;
    size_t size;
    size_t pos;
} pith_in;

typedef struct pith_out {
    void *data;
    size_t size;
    size_t pos;
} pith_out;

typedef enum pith_action {
    PITH_RUN = 0,   /* more input may follow */
    PITH_FINISH = 1 /* no input after this buffer; repeat until PITH_END */
} pith_action;

typedef struct pith_encoder pith_encoder;
typedef struct pith_decoder pith_decoder;

PITH_API pith_status pith_encoder_create(pith_encoder **encoder, const pith_options *options,
                                         pith_error *error);
/* PITH_OK: consumed what it could; call again with more input or more room.  PITH_END: after
 * PITH_FINISH, everything has been written.  Any error is final for the object. */
PITH_API pith_status pith_encoder_run(pith_encoder *encoder, pith_out *out, pith_in *in,
                                      pith_action action, pith_error *error);
PITH_API void pith_encoder_destroy(pith_encoder *encoder);

PITH_API pith_status pith_decoder_create(pith_decoder **decoder, const pith_options *options,
                                         pith_error *error);
/* Writes a chunk's bytes only after the chunk's checks have passed.  PITH_FINISH says that the input
 * ends with this buffer: PITH_END if it ended after a whole frame, else PITH_E_TRUNCATED. */
PITH_API pith_status pith_decoder_run(pith_decoder *decoder, pith_out *out, pith_in *in,
                                      pith_action action, pith_error *error);
/* After PITH_E_MEMORY_LIMIT: allow more and go on with the same decoder. */
PITH_API pith_status pith_decoder_set_memory_limit(pith_decoder *decoder, uint64_t memory_limit);
/* Before decoding, or after PITH_E_PRIOR, to go on with the same decoder: from now on this is the
 * prior at hand. */
PITH_API pith_status pith_decoder_use_prior(pith_decoder *decoder, const pith_prior *prior);
PITH_API void pith_decoder_destroy(pith_decoder *decoder);

/* What a frame's header says, read from its first bytes without allocating. */
typedef struct pith_frame_info {
    unsigned format_version;
    int level;
    int has_content_size;
    uint64_t content_size;  /* raw bytes of the frame, if has_content_size */
    uint64_t decode_memory; /* bytes that decoding needs */
    size_t header_len;      /* packed bytes of the frame header */
    int has_prior;          /* the frame needs a prior, this one: (if it has many chunks, this is
                             * known only when src has the first one's header, too) */
    unsigned char prior_id[PITH_PRIOR_ID_LEN];
    unsigned builtin_prior; /* number of the built-in prior that it begins with, 0 = none */
} pith_frame_info;

/* PITH_E_TRUNCATED if len bytes are too few to tell. */
PITH_API pith_status pith_peek(pith_frame_info *info, const void *src, size_t len,
                               pith_error *error);

/* Random-access input: fill buffer with exactly len bytes from offset; 0 = done, else failure. */
typedef int (*pith_read_at_fn)(void *opaque, uint64_t offset, void *buffer, size_t len);

typedef struct pith_chunk_info {
    uint64_t raw_offset, raw_len;       /* in the content of the whole archive */
    uint64_t packed_offset, packed_len; /* header and payload */
    uint64_t decode_memory;
    const char *codec; /* static name: "bytes", "tensor", "stored", or "fill" (one byte repeated) */
    uint64_t frame;    /* 0-based number of the frame it is in */
    uint64_t frame_offset; /* where that frame begins in the archive */
    int has_prior;         /* it needs a prior, this one: */
    unsigned char prior_id[PITH_PRIOR_ID_LEN];
    unsigned builtin_prior; /* number of the built-in prior that it begins with, 0 = none */
    int has_base;           /* it needs a base, this one: */
    unsigned char base_id[PITH_BASE_ID_LEN];
} pith_chunk_info;

/* Called once a chunk by pith_list(), in order.  Return nonzero to stop with PITH_E_CANCELLED. */
typedef int (*pith_chunk_fn)(void *opaque, const pith_chunk_info *chunk);

typedef struct pith_archive_info {
    uint64_t frames, chunks, raw_len, packed_len, decode_memory;
    int level; /* of the first frame */
} pith_archive_info;

/* Lists an archive of packed_len bytes from its indexes alone; no chunk is decoded. each may be
 * NULL. */
PITH_API pith_status pith_list(pith_archive_info *info, pith_read_at_fn read_at, void *opaque,
                               uint64_t packed_len, pith_chunk_fn each, void *each_opaque,
                               pith_error *error);

/* Random access: any range of an archive's content, decoding only the chunks that it touches.
 *
 * A reader reads the headers and indexes once, keeps 40 to 80 bytes a chunk, and holds the chunks that it
 * has decoded last, up to options.threads of them, which it also decodes side by side.  One range is
 * as slow as the chunks it touches: pack with a small chunk_len what is to be read in small pieces.
 * One thread at a time; a reader never writes to the archive, so several may share one. */
typedef struct pith_reader pith_reader;

/* read_at(opaque) gives the archive of packed_len bytes, here and in every later call; it is called
 * in the caller's thread alone.  PITH_E_IO when it fails. */
PITH_API pith_status pith_reader_create(pith_reader **reader, pith_read_at_fn read_at, void *opaque,
                                        uint64_t packed_len, const pith_options *options,
                                        pith_error *error);

/* Raw bytes of the whole archive. */
PITH_API uint64_t pith_reader_raw_len(const pith_reader *reader);

/* Reads len raw bytes from offset.  *read_len receives how many came: fewer than len only at the end
 * of the content (from there on 0), and on an error those before the broken chunk.  Errors but
 * PITH_E_CANCELLED are not final: other chunks can still be read, and after PITH_E_MEMORY_LIMIT the
 * same ones with a higher limit. */
PITH_API pith_status pith_reader_read(pith_reader *reader, void *dst, size_t len, size_t *read_len,
                                      uint64_t offset, pith_error *error);
PITH_API pith_status pith_reader_set_memory_limit(pith_reader *reader, uint64_t memory_limit);
PITH_API void pith_reader_destroy(pith_reader *reader);

/* Points, as the chunks say that were coded as such. */
typedef struct pith_points_field {
    char letter; /* x, y, z, i (intensity), r (ring), t (time), n (return), s (source), o (other) */
    const char *type; /* "f32", "u16", ...  Static */
    int decimals;     /* of floating point: numbers are multiples of 10^-decimals; or -1 */
    double step;      /* no number is further off what it was than half of this; 0: not at all */
    double
        packed_len; /* bytes, roughly; of x, y and z of a scan 0.  -1 if the chunk is too short to tell */
} pith_points_field;

typedef struct pith_points_info {
    uint64_t offset, n_points; /* of the chunk's first point in the content */
    const pith_points_field *fields;
    unsigned n_fields;
    int has_scan;           /* points are those of a spinning scanner; what follows tells of it */
    unsigned lasers;        /* or rings; of all scanners, if there are several */
    int is_in_columns;      /* lasers take turns; else ring follows ring */
    int is_in_firing_order; /* lasers take turns, but those that saw nothing are left out */
    int is_moving;          /* points are put where one moment would have seen them */
    int is_on_lattice;      /* and were float32 on a map before */
    double angle_tick;      /* degrees that turns are counted in; 0: they are not */
    double range_tick;      /* metres that ranges are counted in, or 0 */
    /* Bytes of turns, ranges and what is left of x, y and z, roughly; or -1.  In the order of firing
     * the last is all of it. */
    double packed_lens[3];
} pith_points_info;

/* Return nonzero to stop with PITH_E_CANCELLED. */
typedef int (*pith_points_fn)(void *opaque, const pith_points_info *points);

/* Calls each() for each chunk of points in order; what it is given is good during the call.  Nothing is decoded but the chunks' first
 * bytes, which are not held to their checks. */
PITH_API pith_status pith_reader_points(pith_reader *reader, pith_points_fn each, void *opaque,
                                        pith_error *error);

/* Tensors in files of them: safetensors, GGUF, NPY.  Known from the content's first bytes, so it does not matter how
 * an archive of such a file was made. */
#define PITH_TENSOR_DIMS_MAX 8

typedef struct pith_tensor_info {
    const char
        *name; /* name_len bytes, as in the file (escapes of JSON stay), without a 0; "" in NPY */
    size_t name_len;
    const char *dtype; /* "F32", "BF16", "Q8_0", ...; "?": not known.  Static */
    uint64_t dims
        [PITH_TENSOR_DIMS_MAX]; /* slowest first, also of NPY arrays in column order; in elements */
    unsigned n_dims;            /* more than PITH_TENSOR_DIMS_MAX: those beyond are not told */
    uint64_t offset, len;       /* of its bytes in the content: pith_reader_read() gets them */
    uint64_t packed_len;        /* its share of the chunks that it is in, roughly */
} pith_tensor_info;

/* Return nonzero to stop with PITH_E_CANCELLED. */
typedef int (*pith_tensor_fn)(void *opaque, const pith_tensor_info *tensor);

/* Calls each() for each tensor in the order of the content; what it is given is good during the call.  PITH_E_FORMAT: the content is no
 * such file; errors of pith_reader_read(). */
PITH_API pith_status pith_reader_tensors(pith_reader *reader, pith_tensor_fn each, void *opaque,
                                         pith_error *error);

/* The same of a file of len bytes that is not packed; packed_len is 0.  options, or NULL: memory_limit, allocator. */
PITH_API pith_status pith_list_tensors(pith_read_at_fn read_at, void *opaque, uint64_t len,
                                       const pith_options *options, pith_tensor_fn each,
                                       void *each_opaque, pith_error *error);

/* Bases: a checkpoint coded against another.
 *
 * Of a fine-tuned model, or of the next step of a training, only what changed has to be stored.  A base is any file of
 * tensors; those that have its tensors' names, types and shapes are coded as differences from them, exactly, where that
 * is shorter.  Decoding needs the same base: archives name it by its XXH3-128, which is what xxh128sum prints. */

/* Opens a base of len bytes, which read_at(opaque) gives here and until it is closed, also in several threads at once.
 * Reads all of it once, for its id.  options, or NULL: memory_limit, allocator, progress (raw_done counts).
 * PITH_E_FORMAT: no file of tensors. */
PITH_API pith_status pith_base_open(pith_base **base, pith_read_at_fn read_at, void *opaque,
                                    uint64_t len, const pith_options *options, pith_error *error);
PITH_API void pith_base_id(const pith_base *base, unsigned char id[PITH_BASE_ID_LEN]);
PITH_API void pith_base_close(pith_base *base);

/* Salvage: everything that is still sound in a damaged archive, and what is missing where.
 *
 * Chunks stand for themselves, so damage stays in its chunk.  A lost header is found again by its
 * neighbours; offsets of raw bytes are those that the whole archive would have, as far as frames of
 * unknown length do not lie before. */
typedef struct pith_salvage_part {
    uint64_t raw_offset;    /* in the content of the whole archive */
    uint64_t raw_len;       /* UINT64_MAX: lost, and how much is not known */
    uint64_t packed_offset; /* where the chunk stands, or where the damage was met */
    int is_lost;
    const char *text; /* why it is lost; "" if it is not */
} pith_salvage_part;

/* Called for each part in order; may be NULL.  What is not lost comes with its bytes, a chunk in one or several
 * parts; else data is NULL.  Return nonzero to stop with PITH_E_CANCELLED. */
typedef int (*pith_salvage_fn)(void *opaque, const pith_salvage_part *part, const void *data);

typedef struct pith_salvage_info {
    uint64_t raw_found, raw_lost; /* bytes; parts of unknown length count as 0 */
    uint64_t lost_parts;          /* parts that are lost */
    uint64_t
        damages; /* places and parts that are not as they were written; 0: the archive is sound */
} pith_salvage_info;

/* PITH_OK: the archive is sound.  PITH_E_CORRUPT: it is not, *error has the first damage, *info the
 * sums, and each() was given what there is.  PITH_E_FORMAT: nothing of pith was found.  Any other
 * status ends the search early. */
PITH_API pith_status pith_salvage(pith_salvage_info *info, pith_read_at_fn read_at, void *opaque,
                                  uint64_t packed_len, const pith_options *options,
                                  pith_salvage_fn each, void *each_opaque, pith_error *error);

/* Explaining: where the bits of an input go, and what the parts of the models are worth on it.
 *
 * Nothing is written: the input is encoded, and what comes out is counted and dropped.
 *
 * Components are the parts of the models that can be left out.  Their numbers may change from version
 * to version, their names stay. */
#define PITH_COMPONENTS_MAX 32

typedef struct pith_component {
    const char *name; /* one or two words */
    const char *text; /* what it is, one line without a full stop */
} pith_component;

/* Component `n`, 0 first, or NULL past the last.  Static. */
PITH_API const pith_component *pith_component_at(unsigned n);

/* What a component that predicts did in the coding of bits.  Its push on a bit is what it added to the
 * mixer's logit, ln(P(1) / P(0)): the weights it was given times what it said. */
typedef struct pith_component_share {
    uint64_t pushed; /* sum over all bits of the push, whichever way it went, in 1/256 */
    uint64_t led;    /* bits that it pushed harder in the right direction than any other did */
    uint64_t misled; /* bits that it pushed in the wrong direction */
} pith_component_share;

/* Set struct_size to sizeof(pith_explanation) before the call. */
typedef struct pith_explanation {
    size_t struct_size;
    int level;
    uint32_t components; /* bit n: component n was at work on this input */
    uint64_t raw_len;
    uint64_t packed_len;  /* what pith_compress() would write */
    uint64_t payload_len; /* of that, what is not headers and index */
    uint64_t chunks;
    uint64_t
        cost; /* sum of all spans' costs: payload_len but for tables and rounding, 1/256 bits */
    uint64_t bits; /* that the models predicted; shares are sums over these */
    pith_component_share shares[PITH_COMPONENTS_MAX];
} pith_explanation;

/* A piece of the input that was taken as one kind of data, and what each of its bytes cost. */
typedef struct pith_span {
    uint64_t raw_offset;
    const unsigned char *data; /* the bytes, in src */
    size_t len;
    const uint16_t *costs; /* in 1/256 bits; of 65535 and more the rest counts for the next byte */
    const char *kind;      /* static: "text", "markup", "records", "x86", "stored" or "fill" */
} pith_span;

/* Called for each span in order.  Return nonzero to stop with PITH_E_CANCELLED. */
typedef int (*pith_span_fn)(void *opaque, const pith_span *span);

/* Encodes src with the components of the mask left_out (bit n: component n) doing nothing.  each
 * NULL: only sizes and components are found, which is faster.  One thread and no built-in prior, whatever
 * options say; the memory limit holds for the costs too, two bytes for each of a chunk. */
PITH_API pith_status pith_explain(pith_explanation *explanation, const void *src, size_t src_len,
                                  uint32_t left_out, pith_span_fn each, void *each_opaque,
                                  const pith_options *options, pith_error *error);

/* Priors: what models have learnt from samples, so that small data compress as if much of its kind had
 * been read already.  docs/priors.md.
 *
 * A prior is a file of its own, made once by pith_prior_train() or `pith --train` for one level, and
 * named by its id, the XXH3-128 of its bytes (in canonical, big-endian order).  Both sides need it. */
typedef struct pith_prior_info {
    unsigned char id[PITH_PRIOR_ID_LEN];
    int level;
    uint64_t packed_len;           /* bytes of the prior */
    uint64_t memory;               /* bytes that it takes once opened */
    uint64_t contexts;             /* that it knows */
    uint64_t samples, samples_len; /* it was made of so many, with so many bytes */
    /* Samples kept aside: their bytes, and what they took without a prior and with it, headers and
     * checks left out.  All 0 if there were too few. */
    uint64_t held_out_len, held_out_plain, held_out_packed;
} pith_prior_info;

/* What a prior's header says; header and total length are checked, not what is behind.  Needs no
 * memory.  PITH_E_FORMAT: not a prior. */
PITH_API pith_status pith_prior_peek(pith_prior_info *info, const void *data, size_t len,
                                     pith_error *error);

/* Reads a prior of len bytes, which may be from anyone: whatever is wrong with it is an error here.  The
 * data is not needed afterwards.  Of options, memory_limit and allocator count. */
PITH_API pith_status pith_prior_open(pith_prior **prior, const void *data, size_t len,
                                     const pith_options *options, pith_error *error);
PITH_API void pith_prior_describe(const pith_prior *prior, pith_prior_info *info);
PITH_API void pith_prior_close(pith_prior *prior);

/* A sample to learn from: one message, record or document as it will be packed. */
typedef struct pith_sample {
    const void *data;
    size_t len;
} pith_sample;

/* Makes a prior of n samples, for options->level, of at most dst_cap bytes (64 KiB at least; 1 MiB
 * serves well).  The same samples in any order give the same prior everywhere.  *info may be NULL.  Of
 * options, level, memory_limit, allocator and progress count; progress is told sample bytes read, out
 * of PITH_PRIOR_PASSES times all, and the bytes of the prior last written.  The more memory the limit
 * allows, the more contexts of large sets are kept in view. */
#define PITH_PRIOR_PASSES 3
PITH_API pith_status pith_prior_train(void *dst, size_t dst_cap, size_t *dst_len,
                                      const pith_sample *samples, size_t n_samples,
                                      const pith_options *options, pith_prior_info *info,
                                      pith_error *error);

/* Messages: small data with a prior, at least overhead.
 *
 * A message coder keeps what coding needs between calls, so that a message costs little more than its
 * bytes.  What it packs is a compact frame: 4 bytes and what the prior did not foresee.  It carries no length
 * of its own: whoever keeps or sends it knows where it ends.  Its check lets 1 in 65,536 damaged messages
 * pass; where that is too much, put a check of your own around it, or use pith_compress().
 * One thread at a time; coders of many threads may share a prior. */
typedef struct pith_message_coder pith_message_coder;

#define PITH_MESSAGE_LEN_MAX ((size_t)1 << 20)

/* For messages of at most len_max bytes, PITH_MESSAGE_LEN_MAX at most.  Of options, prior (needed),
 * memory_limit and allocator count; messages are not verified. */
PITH_API pith_status pith_message_coder_create(pith_message_coder **coder, size_t len_max,
                                               const pith_options *options, pith_error *error);
/* Room that packing a message of len bytes needs: more than it takes in the end. */
PITH_API size_t pith_message_bound(size_t len);
/* PITH_E_OUTPUT_FULL: dst_cap is less than pith_message_bound(src_len). */
PITH_API pith_status pith_message_pack(pith_message_coder *coder, void *dst, size_t dst_cap,
                                       size_t *dst_len, const void *src, size_t src_len,
                                       pith_error *error);
/* PITH_E_OUTPUT_FULL: the message is longer than dst_cap; its length is then in *dst_len. */
PITH_API pith_status pith_message_unpack(pith_message_coder *coder, void *dst, size_t dst_cap,
                                         size_t *dst_len, const void *src, size_t src_len,
                                         pith_error *error);
PITH_API void pith_message_coder_destroy(pith_message_coder *coder);

#ifdef __cplusplus
}
#endif
#endif
