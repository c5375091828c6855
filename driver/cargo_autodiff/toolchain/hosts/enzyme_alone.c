/* Enzyme alone, inside the program `catalyst`, which has LLVM and Enzyme linked in and exports their symbols.
 *
 * catalyst --load-pass-plugin=enzyme_alone.so --enzyme-… GIVEN -o OUT
 *
 * The constructor below takes over while catalyst reads its first argument: it reads the others, does all the work and
 * ends the process. Catalyst's own pipeline, which would optimise before and after Enzyme and overwrite the target
 * triple, never starts. There are no headers to compile against: C++ functions are named by their mangled
 * names, objects live in buffers larger than any of them. The catalyst is pinned by its sha256, so the names are too. */

#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    void *value;
    void *unused[7]; /* large enough to be returned through memory, as C++ returns a unique_ptr */
} Owned;

extern bool read_options(int count, const char *const *arguments, const char *overview, size_t overview_length,
                         void *errors, void *file_system, const char *environment, bool long_prefix)
    __asm__("_ZN4llvm2cl23ParseCommandLineOptionsEiPKPKcNS_9StringRefEPNS_11raw_ostreamEPNS_3vfs10FileSystemES2_b");
extern void make_context(void *context) __asm__("_ZN4llvm11LLVMContextC1Ev");
extern Owned memory_buffer(const char *text, size_t length, const char *name, size_t name_length, bool terminated)
    __asm__("_ZN4llvm12MemoryBuffer12getMemBufferENS_9StringRefES1_b");
extern int LLVMParseIRInContext(void *context, void *buffer, void **module, char **message);
extern bool verify(const void *module, void *stream, bool *broken_debug_info)
    __asm__("_ZN4llvm12verifyModuleERKNS_6ModuleEPNS_11raw_ostreamEPb");
extern void *errors(void) __asm__("_ZN4llvm4errsEv");
extern void *registry(void) __asm__("_ZN4llvm12PassRegistry15getPassRegistryEv");
extern void register_library_info(void *registry)
    __asm__("_ZN4llvm42initializeTargetLibraryInfoWrapperPassPassERNS_12PassRegistryE");
extern void make_passes(void *passes) __asm__("_ZN4llvm6legacy11PassManagerC1Ev");
extern void AddEnzymePass(void *passes);
extern bool run_passes(void *passes, void *module) __asm__("_ZN4llvm6legacy11PassManager3runERNS_6ModuleE");
extern void make_stream(void *stream, int file, bool close, bool unbuffered, int kind)
    __asm__("_ZN4llvm14raw_fd_ostreamC1EibbNS_11raw_ostream11OStreamKindE");
extern void end_stream(void *stream) __asm__("_ZN4llvm14raw_fd_ostreamD1Ev"); /* exits when the disk is full */
extern void print(const void *module, void *stream, void *annotator, bool use_list_order, bool debug)
    __asm__("_ZNK4llvm6Module5printERNS_11raw_ostreamEPNS_24AssemblyAnnotationWriterEbb");

static _Alignas(64) char context[1 << 16], passes[1 << 12], stream[1 << 12];

static const char *unfinished;

static void remove_unfinished(void) {
    if (unfinished != NULL) unlink(unfinished);
}

static void fail(const char *path, const char *problem) {
    fprintf(stderr, "error: %s: %s\n", path, problem);
    _exit(1);
}

static void *read_module(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail(path, "cannot be opened");
    size_t size = (size_t)status.st_size, length = 0;
    char *text = malloc(size + 1);
    if (text == NULL) fail(path, "does not fit into memory");
    for (ssize_t got; length < size && (got = read(file, text + length, size - length)) > 0;) length += (size_t)got;
    if (length != size) fail(path, "cannot be read");
    text[length] = '\0';
    void *module = NULL;
    char *message = NULL;
    if (LLVMParseIRInContext(context, memory_buffer(text, length, path, strlen(path), true).value, &module, &message))
        fail(path, message);
    return module;
}

__attribute__((constructor)) static void differentiate(int count, char **arguments) {
    if (count < 5 || strcmp(arguments[count - 2], "-o") != 0) fail(arguments[0], "the last arguments must be GIVEN -o OUT");
    const char *given = arguments[count - 3], *out = arguments[count - 1];
    arguments[1] = arguments[0];
    if (!read_options(count - 1, (const char *const *)arguments + 1, "", 0, errors(), NULL, NULL, false)) _exit(1);
    make_context(context);
    void *module = read_module(given);
    if (verify(module, errors(), NULL)) fail(given, "is not a valid module");
    register_library_info(registry());
    make_passes(passes);
    AddEnzymePass(passes);
    run_passes(passes, module);
    if (verify(module, errors(), NULL)) fail(given, "Enzyme made an invalid module of it");
    int file = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) fail(out, "cannot be written");
    unfinished = out;
    atexit(remove_unfinished);
    make_stream(stream, file, true, false, 0);
    print(module, stream, NULL, false, false);
    end_stream(stream);
    _exit(0); /* catalyst must not go on to its own pipeline */
}
