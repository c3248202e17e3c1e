/** What is measured on a running cluster that has Tocsin: as a user would see it, through the Kubernetes API only. */
@NullMarked
package dev.tocsin.e2e;

import org.jspecify.annotations.NullMarked;
