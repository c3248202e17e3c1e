package dev.tocsin.api.v1alpha1;

/** Names that the three kinds share. */
public final class Api {
    public static final String GROUP = "tocsin.dev";
    public static final String VERSION = "v1alpha1";

    private Api() {}
}
