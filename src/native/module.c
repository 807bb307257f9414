/* The extension module: what the compiled road offers to Python. */
#include "native.h"

static PyMethodDef methods[] = {
    {"cut", cut, METH_VARARGS, "Fold code points and cut them into tokens; return how many of either there are."},
    {"score", score, METH_VARARGS, "Hash the tokens of a batch and score each from its lexical features."},
    {"hashes", hashes, METH_VARARGS, "Write the hashed features of some lines; return how many n-grams there are."},
    {"context", context, METH_VARARGS, "Write the dense features of some lines."},
    {"embed", embed, METH_VARARGS, "Add up the embeddings of some tokens."},
    {"decode", decode, METH_VARARGS, "Write the best lawful tags of some stretches of tokens."},
    {"read_layers", read_layers, METH_VARARGS, "Pass some tokens through the reader's layers."},
    {"can_read_layers", can_read_layers, METH_NOARGS, "Whether this processor can do that."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "Compiled stand-ins for the dearest stages.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void) {
    fill_groups();
    fill_logs();
    return PyModuleDef_Init(&definition);
}
