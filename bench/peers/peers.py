"""The peers' side of compare.ts.

    peers.py digits FILE      writes the handwritten digits of scikit-learn as Parquet
    peers.py run DIRECTORY    trains every case of DIRECTORY/cases.json and prints the results as JSON
"""

import json
import sys
import time

import lightgbm
import numpy
import pyarrow
import pyarrow.parquet
from scipy.special import xlogy
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

THREADS = 1


def write_digits(path):
    values, target = load_digits(return_X_y=True)
    columns = {f"pixel_{i}": values[:, i] for i in range(values.shape[1])}
    rows = numpy.arange(len(target))
    columns |= {"target": target.astype(float), "fold": (rows % 5).astype(numpy.int32), "row": rows}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


def load(path):
    table = pyarrow.parquet.read_table(path)
    names = [name for name in table.column_names if name not in ("target", "fold", "row")]
    categorical = [pyarrow.types.is_string(table.schema.field(name).type) for name in names]
    features = numpy.empty((table.num_rows, len(names)))
    for i, (name, is_category) in enumerate(zip(names, categorical)):
        column = table[name]
        if is_category:
            values = column.to_pylist()
            codes = {value: code for code, value in enumerate(sorted({v for v in values if v is not None}))}
            features[:, i] = [numpy.nan if value is None else codes[value] for value in values]
        else:
            features[:, i] = column.to_numpy()
    return features, numpy.array(categorical), table["target"].to_numpy(), table["fold"].to_numpy()


def scikit_learn(objective, parameters, categorical):
    kind = objective["kind"]
    classifies = kind in ("logistic", "softmax")
    arguments = {
        "max_iter": parameters["trees"],
        "learning_rate": parameters["learning_rate"],
        "max_leaf_nodes": parameters["leaves"],
        "max_depth": parameters["depth"],
        "min_samples_leaf": parameters["min_leaf_weight"],
        "l2_regularization": parameters["l2"],
        "max_bins": 255,
        "categorical_features": categorical,
        "early_stopping": False,
        "random_state": 1,
    }
    if classifies:
        return HistGradientBoostingClassifier(**arguments)
    losses = {"squared": "squared_error", "absolute": "absolute_error"}
    return HistGradientBoostingRegressor(
        loss=losses.get(kind, kind), quantile=objective.get("level"), **arguments
    )


def light_gbm(objective, parameters, categorical):
    kinds = {
        "squared": "l2",
        "absolute": "l1",
        "logistic": "binary",
        "softmax": "multiclass",
    }
    kind = objective["kind"]
    arguments = {
        "objective": kinds.get(kind, kind),
        "n_estimators": parameters["trees"],
        "learning_rate": parameters["learning_rate"],
        "num_leaves": parameters["leaves"],
        "max_depth": parameters["depth"],
        "min_child_samples": parameters["min_leaf_weight"],
        "reg_lambda": parameters["l2"],
        "max_bin": 255,
        "n_jobs": THREADS,
        "deterministic": True,
        "force_row_wise": True,
        "random_state": 1,
        "verbose": -1,
    }
    if kind == "quantile":
        arguments["alpha"] = objective["level"]
    make = lightgbm.LGBMClassifier if kind in ("logistic", "softmax") else lightgbm.LGBMRegressor
    model = make(**arguments)
    fit = model.fit
    model.fit = lambda x, y: fit(x, y, categorical_feature=numpy.flatnonzero(categorical).tolist())
    return model


def loss_of(objective, target, predicted):
    kind = objective["kind"]
    if kind == "squared":
        return float(numpy.sqrt(numpy.mean((predicted - target) ** 2)))
    if kind == "absolute":
        return float(numpy.mean(numpy.abs(predicted - target)))
    if kind == "quantile":
        error, level = target - predicted, objective["level"]
        return float(numpy.mean(numpy.maximum(level * error, (level - 1) * error)))
    if kind == "poisson":
        return float(2 * numpy.mean(xlogy(target, target / predicted) - target + predicted))
    chosen = predicted[numpy.arange(len(target)), target.astype(int)]
    return float(-numpy.mean(numpy.log(numpy.maximum(chosen, 1e-15))))


def run(directory):
    with open(f"{directory}/cases.json") as file:
        cases = json.load(file)
    results = []
    for index, case in enumerate(cases):
        features, categorical, target, fold = load(f"{directory}/{index}.parquet")
        objective, parameters = case["objective"], case["hyperparameters"]
        for peer, make in (("scikit-learn", scikit_learn), ("LightGBM", light_gbm)):
            classifies = objective["kind"] in ("logistic", "softmax")
            shape = (len(target), objective.get("classes", 2)) if classifies else len(target)
            predicted = numpy.empty(shape)
            seconds = 0.0
            for k in range(case["folds"]):
                model = make(objective, parameters, categorical)
                started = time.process_time()
                model.fit(features[fold != k], target[fold != k])
                seconds += time.process_time() - started
                held_out = features[fold == k]
                predicted[fold == k] = model.predict_proba(held_out) if classifies else model.predict(held_out)
            results.append(
                {"case": index, "peer": peer, "loss": loss_of(objective, target, predicted), "seconds": seconds}
            )
    print(json.dumps(results))


if __name__ == "__main__":
    command, path = sys.argv[1:]
    write_digits(path) if command == "digits" else run(path)
