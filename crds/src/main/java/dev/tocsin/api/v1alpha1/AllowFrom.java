package dev.tocsin.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which other namespaces' policies may send to this contact point. */
public record AllowFrom(@Nullable List<String> namespaces) {}
