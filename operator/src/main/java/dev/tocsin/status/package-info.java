/** What the objects say of themselves: facts become conditions here, and one writer writes them. */
@NullMarked
package dev.tocsin.status;

import org.jspecify.annotations.NullMarked;
