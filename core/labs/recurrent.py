"""The lab for recurrent networks: a plain, LSTM or GRU network on sequences.

`list(train(RecurrentSpec()))` runs it from a plain Python prompt. Letters: T steps (`RecurrentSpec.steps`), d inputs a step, k answers,
u ≤ 32 units shown of a layer; layers are counted from 1. Every array is float32 unless it says otherwise.

Rows: epoch, loss, val_loss, and mae, val_mae (wave, adding) or accuracy, val_accuracy (recall, parity, text); grad_1, … and update_1, …
of every recurrent layer and, last, the output layer. loss, mae and accuracy are averages over the epoch's batches, as `fit` reports them.
loss is the mean squared error, or cross-entropy in nats; what it can be at best, and for whoever does not look at the sequence, are
`core.data.sequences.Sequences.floor` and `.constant`.

The arrays of a frame. About one validation sequence, number 0 of them:

    example           (1,) int32     its number
    inputs            (T, d)         what the network reads
    tokens            (T,) uint8     recall, parity, text only: the same as symbols, places in `core.data.sequences.symbols(task)`
    truth             (1,)           the right answer, a number; of a class its place
    answer            (k,)           the network's: k = 1 for wave and adding, else how likely it takes each symbol to be
    sofar             (T, k)         what it would answer after each step; not of a bidirectional network, whose other half is at its end
    h_1, …            (T, u)         the state of each layer after each step
    c_1, …            (T, u)         LSTM: its cell state
    i_1 f_1 o_1, …    (T, u)         LSTM: input, forget and output gate, 0 … 1; GRU: z_1 r_1, update and reset gate
    g_1, …            (T, u)         LSTM and GRU: the candidate, what would be written
    h_1b, …           (T, u)         bidirectional: all of the above once more, of the half that reads backwards. Row t is where it has
                                     read the sequence from its end down to step t.

About many of them:

    through           (T,)           ‖∂loss/∂h_t‖ of the last layer, the loss being that of one sequence, averaged over the first 64
                                     validation sequences; row t is step t. Bidirectional: the half that reads forwards; through_b the other
    through_c         (T,)           LSTM: ‖∂loss/∂c_t‖ likewise, and bidirectional through_cb
    confusion         (k, k) int32   recall, parity, text: validation sequences, rows what they are, columns what the network says
    ahead             (n,)           wave: the first n = 100 windows of validation follow each other; the next value predicted for each
    ahead_truth       (n,)           wave: what came
    free              (n,)           wave: begun with the first of these windows, then fed on what it predicted itself
    off_said          (n,)           adding: answers for the first n = 100 validation sequences, and off_truth (n,): the right ones
    said              (T + 60,) uint8  text: the first T symbols are the example, the others were drawn one by one from what the network
                                     takes to be likely, each from the T before it
    k0 u0 b0, …       the weights: kernel (d, w), recurrent kernel (units, w) and bias of every recurrent layer, from 0, gates in Keras'
                      order; k0b u0b b0b, … of the half that reads backwards; then kernel and bias of the output layer, k1 b1 with one
                      recurrent layer. float16 of a network of more than 4,096 weights

Probes (`ask`), whose arrays are those of a frame with its weights:

    "look", {"example": i, "held": {"f_1": 0.0, …}}, both optional: everything above without the weights, about validation sequence i
        (0 … 499), while gates are held: a value from 0 to 1 for a layer's gate, such as "f_1" or "z_2b". metrics (2,): validation loss
        and mae or accuracy with the gates so held.
    "sealed": metrics (3,): mae or accuracy on the sealed test set, how many sequences that has, and the same on validation.
    "model": file (bytes,) uint8: the network as a .keras file of Keras' own layers, without its optimizer.
    ValueError for anything else.
"""
