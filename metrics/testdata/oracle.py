"""Reads evaluations as JSON on standard input; writes what scikit-learn and NumPy make of each."""
import json
import sys

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve


def curve(truth, score):
    both = 0 < truth.sum() < len(truth)
    precision, recall, thresholds = metrics.precision_recall_curve(truth, score)
    prob_true, prob_pred = calibration_curve(truth, score, n_bins=10) if both else bins(truth, score)
    return {
        "AP": metrics.average_precision_score(truth, score) if truth.any() else 0.0,
        "AUC": metrics.roc_auc_score(truth, score) if both else None,
        "Precision": precision[:-1].tolist(), "Recall": recall[:-1].tolist(), "Thresholds": thresholds.tolist(),
        "Brier": float(np.mean((score - truth) ** 2)),
        "ProbTrue": list(prob_true), "ProbPred": list(prob_pred),
    }


def bins(truth, score):
    """calibration_curve wants both kinds of label; the same formula without that check."""
    edges = np.linspace(0.0, 1.0, 11)
    ids = np.searchsorted(edges[1:-1], score)
    total = np.bincount(ids, minlength=11)
    some = total != 0
    true = np.bincount(ids, weights=truth, minlength=11)
    pred = np.bincount(ids, weights=score, minlength=11)
    return (true[some] / total[some]).tolist(), (pred[some] / total[some]).tolist()


def none_of(v):
    return None if np.isnan(v) else float(v)


def evaluate(case):
    classes, y, predicted = case["classes"], np.array(case["labels"]), np.array(case["predicted"])
    scores = np.array(case["scores"], np.float32).astype(np.float64)
    every = list(range(classes))
    columns = every + ([-1] if (predicted < 0).any() else [])

    def prf(average, labels, beta=1.0):
        return metrics.precision_recall_fscore_support(y, predicted, labels=labels, average=average, beta=beta, zero_division=0)

    # the classes scikit-learn would find by itself, "no decision" not being one
    present = [k for k in every if (y == k).any() or (predicted == k).any()]
    per_class = prf(None, every)
    aucs = [metrics.roc_auc_score(y == k, scores[:, k]) for k in every if 0 < (y == k).sum() < len(y)]
    labelled = [k for k in every if (y == k).any()]
    if classes > 2 and len(labelled) == classes:
        normal = scores / scores.sum(axis=1, keepdims=True)
        assert abs(metrics.roc_auc_score(y, normal, multi_class="ovr", labels=every) - np.mean(aucs)) < 1e-6
    matrix = metrics.confusion_matrix(y, predicted, labels=columns)[:classes]
    topk = []
    for k in every:
        order = np.argsort(scores, axis=1, kind="mergesort")[:, ::-1][:, : k + 1]
        own = float((order == y[:, None]).any(axis=1).mean())
        if classes > 2 and k + 1 < classes:
            assert abs(own - metrics.top_k_accuracy_score(y, scores, k=k + 1, labels=every)) < 1e-12
        topk.append(own)
    return {
        "Confusion": matrix.tolist(),
        "accuracy": metrics.accuracy_score(y, predicted),
        "balanced_accuracy": metrics.recall_score(y, predicted, labels=labelled, average="macro", zero_division=0)
        if (predicted < 0).any() else metrics.balanced_accuracy_score(y, predicted),
        "PerClass": [np.asarray(v, float).tolist() for v in per_class],
        "kappa": none_of(metrics.cohen_kappa_score(y, predicted)),
        "MCC": metrics.matthews_corrcoef(y, predicted),
        "FHalf": [float(prf("macro", present, beta=0.5)[2]), float(prf("weighted", every, beta=0.5)[2])],
        "F2": prf(None, every, beta=2.0)[2].tolist(),
        "Macro": [float(v) for v in prf("macro", present)[:3]],
        "Micro": [float(v) for v in prf("micro", every)[:3]],
        "Weighted": [float(v) for v in prf("weighted", every)[:3]],
        "TopK": topk,
        "log_loss": metrics.log_loss(y, scores, labels=every),
        "MacroAUC": float(np.mean(aucs)) if aucs else None,
        "Curves": [curve((y == k).astype(int), scores[:, k]) for k in every],
        "Histogram": np.histogram(scores, bins=20, range=(0, 1))[0].tolist(),
        "Edges": np.linspace(0, 1, 21).tolist(),
    }


json.dump([evaluate(case) for case in json.load(sys.stdin)], sys.stdout)
