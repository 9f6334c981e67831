/* The x86 length decoder: hand-assembled instructions end where they should, the places within them
 * are named right, and anything at all is survived. */
#include "support/testing.h"

#include "model/x86.h"

static const struct {
    const char *what;
    size_t len;
    uint8_t bytes[12];
} instructions[] = {
    {"nop", 1, {0x90}},
    {"ret", 1, {0xc3}},
    {"push rbp", 1, {0x55}},
    {"ret 8", 3, {0xc2, 8, 0}},
    {"mov rbp, rsp", 3, {0x48, 0x89, 0xe5}},
    {"sub rsp, 32", 4, {0x48, 0x83, 0xec, 0x20}},
    {"sub rsp, 4096", 7, {0x48, 0x81, 0xec, 0, 0x10, 0, 0}},
    {"mov eax, 1", 5, {0xb8, 1, 0, 0, 0}},
    {"mov al, 1", 2, {0xb0, 1}},
    {"call rel32", 5, {0xe8, 1, 2, 3, 4}},
    {"jmp rel8", 2, {0xeb, 0xfe}},
    {"je rel8", 2, {0x74, 5}},
    {"je rel32", 6, {0x0f, 0x84, 1, 2, 3, 4}},
    {"mov eax, [rbp - 4]", 3, {0x8b, 0x45, 0xfc}},
    {"mov eax, [rip + disp32]", 6, {0x8b, 0x05, 1, 2, 3, 4}},
    {"mov eax, [rsp]", 3, {0x8b, 0x04, 0x24}},
    {"mov eax, [rsp + 8]", 4, {0x8b, 0x44, 0x24, 8}},
    {"mov eax, [rsp + disp32]", 7, {0x8b, 0x84, 0x24, 1, 2, 3, 4}},
    {"mov eax, [rcx * 4 + disp32]", 7, {0x8b, 0x04, 0x8d, 1, 2, 3, 4}},
    {"mov eax, [rbp + rcx * 4 + 8]", 4, {0x8b, 0x44, 0x8d, 8}},
    {"mov dword [rbp - 4], 7", 7, {0xc7, 0x45, 0xfc, 7, 0, 0, 0}},
    {"mov word [rax], 7", 5, {0x66, 0xc7, 0x00, 7, 0}},
    {"mov byte [rax], 7", 3, {0xc6, 0x00, 7}},
    {"imul eax, ecx, 100", 3, {0x6b, 0xc1, 100}},
    {"imul eax, ecx, 1000", 6, {0x69, 0xc1, 0xe8, 3, 0, 0}},
    {"push imm32", 5, {0x68, 1, 2, 3, 4}},
    {"push imm8", 2, {0x6a, 1}},
    {"test al, 1", 2, {0xa8, 1}},
    {"test cl, 1", 3, {0xf6, 0xc1, 1}},
    {"test ecx, 256", 6, {0xf7, 0xc1, 0, 1, 0, 0}},
    {"neg ecx", 2, {0xf7, 0xd9}},
    {"not cl", 2, {0xf6, 0xd1}},
    {"inc dword [rax]", 2, {0xff, 0x00}},
    {"call [rip + disp32]", 6, {0xff, 0x15, 1, 2, 3, 4}},
    {"movzx eax, byte [rax + 1]", 4, {0x0f, 0xb6, 0x40, 1}},
    {"setne al", 3, {0x0f, 0x95, 0xc0}},
    {"syscall", 2, {0x0f, 0x05}},
    {"cpuid", 2, {0x0f, 0xa2}},
    {"bswap eax", 2, {0x0f, 0xc8}},
    {"bt eax, 5", 4, {0x0f, 0xba, 0xe0, 5}},
    {"pshufd xmm0, xmm1, 27", 5, {0x66, 0x0f, 0x70, 0xc1, 27}},
    {"pshufb xmm0, xmm1", 5, {0x66, 0x0f, 0x38, 0x00, 0xc1}},
    {"palignr xmm0, xmm1, 4", 6, {0x66, 0x0f, 0x3a, 0x0f, 0xc1, 4}},
    {"movss xmm0, [rax + 16]", 5, {0xf3, 0x0f, 0x10, 0x40, 16}},
    {"lock cmpxchg [rdi], ecx", 4, {0xf0, 0x0f, 0xb1, 0x0f}},
    {"rep movsb", 2, {0xf3, 0xa4}},
    {"mov rax, fs:[0]", 9, {0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0}},
    {"shl eax, 4", 3, {0xc1, 0xe0, 4}},
    {"shl eax, 1", 2, {0xd1, 0xe0}},
    {"mov rax, imm64", 10, {0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8}},
    {"mov r9d, imm32", 6, {0x41, 0xb9, 1, 2, 3, 4}},
    {"mov ax, imm16", 4, {0x66, 0xb8, 1, 2}},
    {"test cx, 256", 5, {0x66, 0xf7, 0xc1, 0, 1}},
    {"test r9w, 256", 6, {0x66, 0x41, 0xf7, 0xc1, 0, 1}},
    {"mov qword [rax], 7 behind a needless 66", 8, {0x66, 0x48, 0xc7, 0x00, 7, 0, 0, 0}},
    {"vmovups ymm0, [rsi + 32]", 5, {0xc5, 0xfc, 0x10, 0x46, 0x20}},
    {"vzeroupper", 3, {0xc5, 0xf8, 0x77}},
    {"vpshufb ymm0, ymm1, ymm2", 5, {0xc4, 0xe2, 0x75, 0x00, 0xc2}},
    {"vpalignr ymm0, ymm1, ymm2, 4", 6, {0xc4, 0xe3, 0x75, 0x0f, 0xc2, 4}},
    {"fld dword [rax]", 2, {0xd9, 0x00}},
    {"enter 16, 0", 4, {0xc8, 16, 0, 0}},
};

static void lengths_are_right(void **state)
{
    struct pith_x86 x86;

    (void)state;
    pith_x86_init(&x86);
    assert_true(x86.place == PITH_X86_OPCODE);
    for (size_t i = 0; i < COUNT(instructions); i++) {
        const char *what = instructions[i].what;

        for (size_t b = 0; b < instructions[i].len; b++) {
            int is_begun = b > 0 && (x86.prefixes != 0 || x86.place != PITH_X86_OPCODE);

            CHECK(b == 0 || is_begun, "%s: over after %zu bytes", what, b);
            pith_x86_update(&x86, instructions[i].bytes[b]);
        }
        CHECK(x86.place == PITH_X86_OPCODE && x86.prefixes == 0, "%s: not over: place %u, left %u",
              what, (unsigned)x86.place, (unsigned)x86.left);
    }
}

static void places_are_named(void **state)
{
    static const uint8_t bytes[] = {0x66, 0x0f, 0x3a, 0x0f, 0x44, 0x24, 8, 4, 0xc7, 0x80,
                                    1,    2,    3,    4,    5,    6,    7, 8, 0x90};
    static const uint8_t places[] = {
        PITH_X86_OPCODE,       PITH_X86_OPCODE2,      PITH_X86_OPCODE3,      PITH_X86_MODRM,
        PITH_X86_SIB,          PITH_X86_DISPLACEMENT, PITH_X86_IMMEDIATE,    PITH_X86_OPCODE,
        PITH_X86_MODRM,        PITH_X86_DISPLACEMENT, PITH_X86_DISPLACEMENT, PITH_X86_DISPLACEMENT,
        PITH_X86_DISPLACEMENT, PITH_X86_IMMEDIATE,    PITH_X86_IMMEDIATE,    PITH_X86_IMMEDIATE,
        PITH_X86_IMMEDIATE,    PITH_X86_OPCODE,       PITH_X86_OPCODE,
    };
    struct pith_x86 x86;

    (void)state;
    pith_x86_init(&x86);
    for (size_t i = 0; i < COUNT(bytes); i++) {
        pith_x86_update(&x86, bytes[i]);
        CHECK(x86.place == places[i], "byte %zu: place %u", i, (unsigned)x86.place);
        if (i == 5)
            assert_true(x86.left == 1);
        if (i >= 9 && i < 13)
            assert_int_equal(x86.left, 13 - i);
        if (i >= 13 && i < 17)
            assert_int_equal(x86.left, 17 - i);
    }
    assert_true((x86.past & 0xffff) == 0xc790);
}

/* The mixer's selectors rest on these bounds. */
static void anything_is_survived(void **state)
{
    uint64_t random = test_seed();
    uint32_t hashes[PITH_X86_CONTEXTS + 1], n_ended = 0;
    struct pith_x86 x86;
    struct pith_history history = {.data = NULL};

    (void)state;
    pith_x86_init(&x86);
    hashes[PITH_X86_CONTEXTS] = 0x5a5a5a5a;
    for (int i = 0; i < 200000; i++) {
        pith_x86_update(&x86, (uint8_t)next_random(&random));
        assert_true(x86.place <= PITH_X86_VEX && x86.left <= 8);
        assert_true(x86.immediate_len <= 8 && x86.modrm < 512);
        if (x86.place >= PITH_X86_DISPLACEMENT)
            assert_true(x86.left > 0);
        n_ended += x86.place == PITH_X86_OPCODE;
        pith_x86_contexts(&x86, &history, PITH_X86_CONTEXTS, hashes);
    }
    assert_true(n_ended > 20000 && hashes[PITH_X86_CONTEXTS] == 0x5a5a5a5a);
}

/* Begun anywhere in code, it is in step a little later. */
static void it_falls_into_step(void **state)
{
    uint8_t code[COUNT(instructions) * 12];
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(instructions); i++) {
        memcpy(code + len, instructions[i].bytes, instructions[i].len);
        len += instructions[i].len;
    }
    for (size_t start = 1; start < 40; start++) {
        struct pith_x86 whole, part;

        pith_x86_init(&whole);
        pith_x86_init(&part);
        for (size_t i = 0; i < len; i++) {
            pith_x86_update(&whole, code[i]);
            if (i >= start)
                pith_x86_update(&part, code[i]);
        }
        CHECK(whole.past == part.past, "from byte %zu", start);
    }
}

static void contexts_tell_places_apart(void **state)
{
    uint32_t a[PITH_X86_CONTEXTS], b[PITH_X86_CONTEXTS];
    struct pith_history history = {.data = NULL};
    struct pith_x86 x86;

    (void)state;
    pith_x86_init(&x86);
    pith_x86_contexts(&x86, &history, PITH_X86_CONTEXTS, a);
    pith_x86_update(&x86, 0xe8);
    pith_x86_contexts(&x86, &history, PITH_X86_CONTEXTS, b);
    for (int i = 0; i < PITH_X86_CONTEXTS; i++) {
        assert_true(a[i] != b[i]);
        for (int k = 0; k < i; k++)
            assert_true(b[i] != b[k]);
    }
}

/* Takes the bytes in and gives the contexts behind them. */
static void contexts_behind(const uint8_t *bytes, size_t len, uint32_t *hashes)
{
    static uint8_t data[64];
    struct pith_history history = {.data = data};
    struct pith_x86 x86;

    pith_x86_init(&x86);
    for (size_t i = 0; i < len; i++) {
        pith_history_push(&history, bytes[i]);
        pith_x86_update(&x86, bytes[i]);
    }
    pith_x86_contexts(&x86, &history, PITH_X86_CONTEXTS, hashes);
}

/* Behind an opcode, before its ModRM byte: which contexts see what of the past.  Each change
 * leaves the instructions as long as they were. */
static void contexts_see_their_past(void **state)
{
    enum { OPCODE1 = 4, MODRM1 = 5, OPCODE2 = 2, OPCODE4 = 0, NOW = 6 };
    static const uint8_t code[] = {0x90, 0x91, 0x03, 0xc1, 0x8b, 0xd8, 0x33};
    /* a bit for each context: 8 to 19 are those of the strongest levels */
    static const struct {
        const char *what;
        size_t at;
        uint8_t byte;
        uint32_t seen;
    } changes[] = {
        {"opcode of the last instruction", OPCODE1, 0x89, 0x7adf3},
        {"ModRM of the last instruction", MODRM1, 0xd9, 0x3ead8},
        {"opcode of the last but one", OPCODE2, 0x2b, 0xaca3},
        {"opcode of the last but three", OPCODE4, 0x92, 0x8420},
        {"the opcode now", NOW, 0x3b, 0xb7fff},
    };
    uint32_t a[PITH_X86_CONTEXTS], b[PITH_X86_CONTEXTS];

    (void)state;
    contexts_behind(code, sizeof code, a);
    for (size_t c = 0; c < COUNT(changes); c++) {
        uint8_t other[sizeof code];
        uint32_t seen = 0;

        memcpy(other, code, sizeof code);
        other[changes[c].at] = changes[c].byte;
        contexts_behind(other, sizeof other, b);
        for (uint32_t i = 0; i < PITH_X86_CONTEXTS; i++)
            seen |= (uint32_t)(a[i] != b[i]) << i;
        CHECK(seen == changes[c].seen, "%s: %x", changes[c].what, (unsigned)seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_right),          cmocka_unit_test(places_are_named),
        cmocka_unit_test(anything_is_survived),       cmocka_unit_test(it_falls_into_step),
        cmocka_unit_test(contexts_tell_places_apart), cmocka_unit_test(contexts_see_their_past),
    };

    return cmocka_run_group_tests_name("x86", tests, NULL, NULL);
}
