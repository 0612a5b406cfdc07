"""The home of each name of the library; the equations that go unchecked."""

# module -> {home chapter: names}; a derivative lives with its function.
HOME_CHAPTERS = {
    "activations": {
        2: "step sigmoid tanh relu leaky_relu elu softplus",
        4: "softmax logsumexp log_softmax",
    },
    "losses": {
        7: "one_hot negative_log_likelihood squared_error "
           "sigmoid_cross_entropy softmax_cross_entropy",
    },
    "regularizers": {16: "l2 l1 max_norm"},
    "initializers": {
        15: "zeros constant glorot_uniform glorot_normal he_uniform he_normal",
    },
    "optimizers": {8: "SGD",
                   18: "Momentum Nesterov scaled_step AdaGrad mean_square "
                       "RMSProp AdaDelta Adam"},
    "gradcheck": {9: "finite_difference relative_error check_gradient "
                     "GradientCheck"},
    "flowgraph": {
        11: "product Node Input Leaf topological_order fprop bprop",
    },
    "layers": {
        11: "Preactivation Sigmoid Tanh Relu LeakyRelu Elu Softmax",
    },
    "criteria": {
        11: "Criterion SoftmaxCrossEntropy SigmoidCrossEntropy "
            "NegativeLogLikelihood SquaredError Mean",
        16: "Penalty L2Penalty L1Penalty",
    },
    "network": {11: "MLP"},
    "operations": {
        12: "sum_to Operation Elementwise elementwise Reduction Sum Max "
            "Index Reshape Transpose MatrixProduct",
    },
    "puzzle": {13: "MaxPool Select Mix"},
    "autodiff": {12: "Variable apply exp log tanh maximum where grad"},
    "schedules": {
        17: "constant exponential_decay inverse_time step_decay "
            "HalveOnPlateau",
    },
    "training": {11: "History accuracy train", 20: "EarlyStopping"},
    "checkpoint": {20: "Checkpoint"},
    "search": {19: "Trial log_uniform grid_search random_search model_search "
                   "best"},
}

# Boxes that a function of the library makes live where it lives.
MADE = dict.fromkeys(
    (f"operations.{name}" for name in "Add Subtract Multiply Divide Power Exp "
     "Log Maximum Where".split()), "operations.elementwise")

HOMES = {
    f"{module}.{name}": chapter
    for module, chapters in HOME_CHAPTERS.items()
    for chapter, names in chapters.items()
    for name in names.split()
}

# (chapter, name) -> why it is used before its home.
EARLY = {
    (10, "network.MLP"): "a witness: the chapter's own lines must give its "
                         "gradients",
    (19, "training.EarlyStopping"): "one of the shapes compared is too large "
                                    "and stopped early; the next chapter "
                                    "says how",
}

# label -> why nothing computes it, or "step-of: eq-..." for a step towards a
# checked result.
EXCUSED = {}
