/** The API group tocsin.dev/v1alpha1: the three kinds as Java types. The CRDs are generated from them. */
@NullMarked
package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
