"""The small shared library of the course. Imports go down, never up.

floor 0   checks        what may enter: floats, batches, labels; clear errors
          activations   sigmoid tanh relu ... softmax, and their derivatives
          losses        one loss per row, and its gradient
          regularizers  l2 l1 max_norm
          initializers  (shape, rng) -> W
          optimizers    SGD Momentum Adam ...: .step(theta, grad) in place
          schedules     how alpha falls: (epochs, error) -> a factor
          storage       named arrays to and from one .npz
          data          small data sets, splits, mini-batches
floor 1   flowgraph     Node: children, value, grad, fprop(), bprop()
floor 2   gradcheck     finite differences against a claimed gradient
          layers        boxes: Preactivation, Sigmoid, Relu, Softmax ...
          criteria      boxes: a loss per row, Mean, penalties
          operations    boxes: + - * / **, sums, maxima, indexing ...
          puzzle        boxes that choose, mix and gate
floor 3   autodiff      operators that build boxes; grad(f)
          network       MLP: boxes stacked, parameters in one flat theta
          checkpoint    a training run in one file, to go on with
floor 4   training      train, History, EarlyStopping, accuracy
floor 5   search        log_uniform, grid_search, random_search, model_search
doors     torch_twin    the same pieces in PyTorch
          plotting      the plots that several chapters draw
          drawing       a flow graph drawn from its own boxes
          widgets       explore: a figure with sliders
          chapter       show agree holds figure exercise
rooms     comparison    where two answers differ
behind    exercises     not tried yet, right, or what differs
          quoting       live source, its docstrings left out
          plot_summary  a figure as words
          widget_page   a figure with sliders, without a kernel
"""
