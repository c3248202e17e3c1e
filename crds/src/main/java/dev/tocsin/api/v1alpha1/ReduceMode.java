package dev.tocsin.api.v1alpha1;

/** What a reducer does with points that are no finite number. */
public enum ReduceMode {
    Strict,
    DropNonNumeric,
    ReplaceNonNumeric
}
