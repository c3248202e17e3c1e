package dev.tocsin.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the user asks of one contact point. */
public record ContactPointSpec(List<Receiver> receivers, @Nullable AllowFrom allowFrom) {}
