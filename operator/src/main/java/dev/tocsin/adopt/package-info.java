/** PrometheusRule objects in a cluster, run as AlertRules that belong to them. */
@NullMarked
package dev.tocsin.adopt;

import org.jspecify.annotations.NullMarked;
