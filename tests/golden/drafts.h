/* Archives to be: levels whose models still change have no files here yet.  make.c writes them on demand,
 * test_drafts.c holds them to all but their bytes.  When the models are settled the rows move to
 * golden.h, and README.md says what they are. */
#ifndef TESTS_GOLDEN_DRAFTS_H
#define TESTS_GOLDEN_DRAFTS_H

#include "golden/golden.h"

static const struct golden drafts[] = {
    GOOD("good-text-level-8", make_one_call, TEXT, 300, 8),
    GOOD("good-text-level-9", make_one_call, TEXT, 300, 9),
    GOOD("good-three-bytes-level-9", make_stream, TEXT, 3, 9),
    GOOD("good-records-level-8", make_stream, RECORDS, 400, 8),
    GOOD("good-records-level-9", make_one_call, RECORDS, 400, 9),
    GOOD("good-x86-level-8", make_stream, X86_CODE, 400, 8),
    GOOD("good-x86-level-9", make_one_call, X86_CODE, 400, 9),
    GOOD("good-csv-level-8", make_stream, CSV, 400, 8),
    GOOD("good-csv-level-9", make_one_call, CSV, 400, 9),
    GOOD("good-json-level-8", make_stream, JSON, 500, 8),
    GOOD("good-json-level-9", make_one_call, JSON, 500, 9),
    GOOD("good-open-text-level-9", make_one_call, OPEN_TEXT, 600, 9),
    GOOD("good-assorted-level-8", make_one_call, ASSORTED, 1400, 8),
    GOOD("good-assorted-level-9", make_stream, ASSORTED, 1400, 9),
    GOOD("good-fill-level-9", make_one_call, ZERO, 5 * CHUNK_LEN, 9),
    GOOD("good-large-open-text-8", make_stream, OPEN_TEXT, CHUNK_LEN + 5000, 8),
    GOOD("good-large-open-text-9", make_one_call, OPEN_TEXT, CHUNK_LEN + 5000, 9),
    GOOD("good-large-records-8", make_one_call, RECORDS, CHUNK_LEN + 900, 8),
    GOOD("good-large-x86-9", make_one_call, X86_CODE, CHUNK_LEN + 3, 9),
    GOOD("good-large-assorted-9", make_stream, ASSORTED, 65000, 9),
};

#endif
