/* The reader's layers, where the processor multiplies eight numbers at once: spamguard.model.reader.Reader.read. */
#include "native.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define FAST __attribute__((target("avx2,fma")))
#define INLINED static inline __attribute__((always_inline, target("avx2,fma")))
/* Tokens times columns that are summed at once: as much as there are registers for. */
#define ROWS 6
#define PANEL 16
/* A convolution sees this many tokens on either side. */
#define REACH 2
#define N_STEPS (2 * REACH + 1)
/* Tokens read at a time, and tokens whose features are laid out at a time: both stay in the cache. */
#define STRETCH 512
#define LAID_OUT 48
#define WIDEST 4096
#define MOST_LAYERS 8

enum { TAGS, JOINT, RESIDUAL };

typedef struct {
    const float *matrix, *embedded, *mean, *scale, *weights;
    const int64_t *line, *dilations;
    Py_ssize_t n, n_dense, width, n_hidden, n_tags, n_layers;
    float clip;
    Py_ssize_t joint, across, tags_across; /* numbers that go into the first layer; layers' widths in whole panels */
    Py_ssize_t sight;                      /* tokens on either side that all layers together see */
    float *hidden, *logits;
} Network;

typedef struct {
    float *now, *next, *few;  /* a stretch's layer and the next one; features or tags of a few tokens */
    const float *nothing;     /* zeros, for neighbours that are not there */
    const float **seen;       /* what each step of a convolution sees of each token, `apart` a step */
    Py_ssize_t apart;
    void *memory;
} Room;

typedef struct {
    const float *weights, *bias; /* by panels of columns */
    Py_ssize_t depth, n_segments, across;
    int kind;
} Layer;

static Py_ssize_t whole(Py_ssize_t width, Py_ssize_t part) { return (width + part - 1) / part * part; }
static Py_ssize_t most(Py_ssize_t a, Py_ssize_t b) { return a > b ? a : b; }
static Py_ssize_t least(Py_ssize_t a, Py_ssize_t b) { return a < b ? a : b; }

static int reserve_room(const Network *net, Room *room) {
    room->apart = whole(STRETCH + 2 * net->sight, ROWS);
    size_t rows = (size_t)room->apart, across = (size_t)net->across, widest = (size_t)most(net->joint, most(net->across, net->tags_across));
    size_t pointers = rows * N_STEPS * sizeof(float *);
    room->memory = calloc(1, pointers + (2 * rows * across + (LAID_OUT + 1) * widest) * 4);
    if (!room->memory) return 0;
    room->seen = room->memory;
    room->now = (float *)((char *)room->memory + pointers);
    room->next = room->now + rows * across;
    room->few = room->next + rows * across;
    room->nothing = room->few + LAID_OUT * widest;
    return 1;
}

/* Multiplies a few rows, each in segments that lie apart, by a panel of weights. */
INLINED void multiply(const float *const *rows, Py_ssize_t apart, const Layer *layer, Py_ssize_t column, __m256 sums[ROWS][2]) {
    const float *weights = layer->weights + column * layer->depth * layer->n_segments;
    __m256 low = _mm256_loadu_ps(layer->bias + column), high = _mm256_loadu_ps(layer->bias + column + 8);
    _Pragma("GCC unroll 6") for (int r = 0; r < ROWS; r++) sums[r][0] = low, sums[r][1] = high;
    for (Py_ssize_t s = 0; s < layer->n_segments; s++, rows += apart) {
        const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3], *e = rows[4], *f = rows[5];
        for (Py_ssize_t k = 0; k < layer->depth; k++, weights += PANEL) {
            const float *const at[ROWS] = {a + k, b + k, c + k, d + k, e + k, f + k};
            low = _mm256_loadu_ps(weights), high = _mm256_loadu_ps(weights + 8);
            _Pragma("GCC unroll 6") for (int r = 0; r < ROWS; r++) {
                __m256 value = _mm256_broadcast_ss(at[r]);
                sums[r][0] = _mm256_fmadd_ps(value, low, sums[r][0]);
                sums[r][1] = _mm256_fmadd_ps(value, high, sums[r][1]);
            }
        }
    }
}

/* Finishes a few rows of a panel; a residual layer adds to what it read. */
INLINED void finish(__m256 sums[ROWS][2], const Layer *layer, Py_ssize_t count, const float *before, float *out) {
    _Pragma("GCC unroll 6") for (int r = 0; r < ROWS; r++) {
        _Pragma("GCC unroll 2") for (int half = 0; half < 2; half++) {
            if (r >= count) continue;
            Py_ssize_t at = r * layer->across + 8 * half;
            __m256 value = sums[r][half];
            if (layer->kind != TAGS) value = _mm256_max_ps(value, _mm256_setzero_ps());
            if (layer->kind == RESIDUAL) value = _mm256_add_ps(value, _mm256_loadu_ps(before + at));
            _mm256_storeu_ps(out + at, value);
        }
    }
}

/* Passes some tokens through a layer, from rows that `seen` points at. */
FAST static void pass(Layer layer, const float *const *seen, Py_ssize_t apart, Py_ssize_t n, const float *before, float *out) {
    for (Py_ssize_t column = 0; column < layer.across; column += PANEL)
        for (Py_ssize_t t = 0; t < n; t += ROWS) {
            __m256 sums[ROWS][2];
            Py_ssize_t at = t * layer.across + column;
            multiply(seen + t, apart, &layer, column, sums);
            finish(sums, &layer, n - t, before + at, out + at);
        }
}

/* Points at rows that follow each other; blocks are whole, so the last may point at zeros. */
static void point(Room *room, const float *rows, Py_ssize_t across, Py_ssize_t n) {
    for (Py_ssize_t t = 0; t < whole(n, ROWS); t++) room->seen[t] = t < n ? rows + t * across : room->nothing;
}

/* Joins dense features, standardised, with embeddings. */
FAST static void lay_features(const Network *net, Py_ssize_t first, Py_ssize_t n, float *out) {
    for (Py_ssize_t t = first; t < first + n; t++, out += net->joint) {
        const float *dense = net->matrix + t * net->n_dense;
        for (Py_ssize_t i = 0; i < net->n_dense; i++) {
            float value = (dense[i] - net->mean[i]) * net->scale[i];
            out[i] = value < -net->clip ? -net->clip : value > net->clip ? net->clip : value;
        }
        memcpy(out + net->n_dense, net->embedded + t * net->width, (size_t)net->width * 4);
    }
}

/* The first layer of tokens low to high. */
static void join(const Network *net, Room *room, Layer layer, Py_ssize_t low, Py_ssize_t high) {
    for (Py_ssize_t t = low; t < high; t += LAID_OUT) {
        Py_ssize_t n = least(LAID_OUT, high - t);
        lay_features(net, t, n, room->few);
        point(room, room->few, net->joint, n);
        pass(layer, room->seen, room->apart, n, room->now, room->now + (t - low) * net->across);
    }
}

/* A convolution of tokens first to last, of a stretch that starts at low and ends at high. */
static void look_around(const Network *net, Room *room, Layer layer, int64_t dilation, Py_ssize_t low, Py_ssize_t high, Py_ssize_t first, Py_ssize_t last) {
    Py_ssize_t n = last - first;
    for (int step = 0; step < N_STEPS; step++) {
        const float **seen = room->seen + step * room->apart;
        for (Py_ssize_t t = 0; t < whole(n, ROWS); t++) {
            Py_ssize_t other = first + t + (step - REACH) * dilation;
            int there = t < n && other >= low && other < high && net->line[other] == net->line[first + t];
            seen[t] = there ? room->now + (other - low) * net->across : room->nothing;
        }
    }
    Py_ssize_t at = (first - low) * net->across;
    pass(layer, room->seen, room->apart, n, room->now + at, room->next + at);
    float *now = room->now;
    room->now = room->next;
    room->next = now;
}

/* Gives out the last layer of tokens first to last, and their tags. */
static void give_out(const Network *net, Room *room, Layer layer, Py_ssize_t low, Py_ssize_t first, Py_ssize_t last) {
    for (Py_ssize_t t = first; t < last; t += LAID_OUT) {
        Py_ssize_t n = least(LAID_OUT, last - t);
        const float *rows = room->now + (t - low) * net->across;
        point(room, rows, net->across, n);
        pass(layer, room->seen, room->apart, n, room->few, room->few);
        for (Py_ssize_t i = 0; i < n; i++) {
            memcpy(net->hidden + (t + i) * net->n_hidden, rows + i * net->across, (size_t)net->n_hidden * 4);
            memcpy(net->logits + (t + i) * net->n_tags, room->few + i * net->tags_across, (size_t)net->n_tags * 4);
        }
    }
}

/* The next layer of the weights, which lie one behind the other. */
static Layer next_layer(const float **at, Py_ssize_t depth, Py_ssize_t n_segments, Py_ssize_t across, int kind) {
    Layer layer = {*at, *at + depth * n_segments * across, depth, n_segments, across, kind};
    *at = layer.bias + across;
    return layer;
}

/* Reads tokens first to last, with as many around them as the layers see. */
static void read_stretch(const Network *net, Room *room, Py_ssize_t first, Py_ssize_t last) {
    const float *weights = net->weights;
    Py_ssize_t low = first, high = last, sight = net->sight;
    while (low > 0 && first - low < sight && net->line[low - 1] == net->line[first]) low--;
    while (high < net->n && high - last < sight && net->line[high] == net->line[last - 1]) high++;
    join(net, room, next_layer(&weights, net->joint, 1, net->across, JOINT), low, high);
    for (Py_ssize_t i = 0; i < net->n_layers; i++) {
        sight -= REACH * net->dilations[i];
        Layer layer = next_layer(&weights, net->n_hidden, N_STEPS, net->across, RESIDUAL);
        look_around(net, room, layer, net->dilations[i], low, high, most(low, first - sight), least(high, last + sight));
    }
    give_out(net, room, next_layer(&weights, net->n_hidden, 1, net->tags_across, TAGS), low, first, last);
}

/* Where a stretch ends that starts here: behind a line if it can, so that nothing is read twice. */
static Py_ssize_t stretch_end(const Network *net, Py_ssize_t first) {
    Py_ssize_t last = first + STRETCH;
    if (last >= net->n) return net->n;
    while (last > first + STRETCH / 2 && net->line[last] == net->line[last - 1]) last--;
    return last > first + STRETCH / 2 ? last : first + STRETCH;
}

static int can_multiply(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* Works out what follows from the widths, and whether all arrays fit them. */
static int is_sound(Network *net, const Py_buffer in[7], const Py_buffer out[2]) {
    if (net->width < 1 || net->n_hidden < 1 || net->n_tags < 1 || net->n_dense < 1) return 0;
    if (most(most(net->width, net->n_dense), most(net->n_hidden, net->n_tags)) > WIDEST || net->n_layers > MOST_LAYERS) return 0;
    for (Py_ssize_t i = 0; i < net->n_layers; i++)
        if (net->dilations[i] < 1 || net->dilations[i] > STRETCH) return 0;
    net->joint = net->n_dense + net->width;
    net->across = whole(net->n_hidden, PANEL), net->tags_across = whole(net->n_tags, PANEL);
    Py_ssize_t inner = net->n_layers * (N_STEPS * net->n_hidden + 1);
    Py_ssize_t weights = (net->joint + 1 + inner) * net->across + (net->n_hidden + 1) * net->tags_across;
    return items(&in[0], 4) == net->n * net->n_dense && items(&in[1], 4) == net->n * net->width && items(&in[4], 4) == net->n_dense &&
           items(&in[5], 4) == weights && items(&out[0], 4) == net->n * net->n_hidden && items(&out[1], 4) == net->n * net->n_tags;
}

static int read_all(const Network *net) {
    Room room;
    if (!reserve_room(net, &room)) return 0;
    for (Py_ssize_t first = 0, last; first < net->n; first = last) {
        last = stretch_end(net, first);
        read_stretch(net, &room, first, last);
    }
    free(room.memory);
    return 1;
}

PyObject *read_layers(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer in[7], out[2];
    Network net = {0};
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*y*y*y*nnnfw*w*", &in[0], &in[1], &in[2], &in[3], &in[4], &in[5], &in[6], &net.width,
                          &net.n_hidden, &net.n_tags, &net.clip, &out[0], &out[1]))
        return NULL;
    net.matrix = in[0].buf, net.embedded = in[1].buf, net.line = in[2].buf, net.mean = in[3].buf, net.scale = in[4].buf;
    net.weights = in[5].buf, net.dilations = in[6].buf, net.hidden = out[0].buf, net.logits = out[1].buf;
    net.n = items(&in[2], 8), net.n_dense = items(&in[3], 4), net.n_layers = items(&in[6], 8);
    int sound = can_multiply() && is_sound(&net, in, out), done = 0;
    if (sound) {
        for (Py_ssize_t i = 0; i < net.n_layers; i++) net.sight += REACH * net.dilations[i];
        Py_BEGIN_ALLOW_THREADS
        done = read_all(&net);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < 7; i++) PyBuffer_Release(&in[i]);
    for (int i = 0; i < 2; i++) PyBuffer_Release(&out[i]);
    if (!sound) return PyErr_Format(PyExc_ValueError, "layers do not fit each other, or this processor");
    return done ? Py_NewRef(Py_None) : PyErr_NoMemory();
}

PyObject *can_read_layers(PyObject *module, PyObject *nothing) {
    (void)module; (void)nothing;
    return PyBool_FromLong(can_multiply());
}
#else
PyObject *read_layers(PyObject *module, PyObject *arguments) {
    (void)module; (void)arguments;
    return PyErr_Format(PyExc_NotImplementedError, "the layers are read by NumPy on this machine");
}

PyObject *can_read_layers(PyObject *module, PyObject *nothing) {
    (void)module; (void)nothing;
    Py_RETURN_FALSE;
}
#endif
