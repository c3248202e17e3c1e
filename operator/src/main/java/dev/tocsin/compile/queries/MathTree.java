package dev.tocsin.compile.queries;

/** A calculation as Grafana's math has it. */
sealed interface MathTree {

    /** A number. */
    record Constant(double value) implements MathTree {}

    /** The numbers of a query or expression. */
    record Reference(String name) implements MathTree {}

    /** Minus or not. */
    record Unary(Operator operator, MathTree operand) implements MathTree {}

    /** Two operands and what stands between them. */
    record Binary(Operator operator, MathTree left, MathTree right) implements MathTree {}

    /** A function of one operand. */
    record Call(Function function, MathTree operand) implements MathTree {}

    /** Operators by rank: the lower one binds less. All of them take the left operand first. */
    enum Operator {
        OR("||", 1),
        AND("&&", 2),
        EQUAL("==", 3),
        NOT_EQUAL("!=", 3),
        AT_LEAST(">=", 3),
        AT_MOST("<=", 3),
        ABOVE(">", 3),
        BELOW("<", 3),
        PLUS("+", 4),
        MINUS("-", 4),
        POWER("**", 6),
        TIMES("*", 5),
        DIVIDED("/", 5),
        MODULO("%", 5),
        NOT("!", 0);

        final String symbol;
        final int rank;

        Operator(String symbol, int rank) {
            this.symbol = symbol;
            this.rank = rank;
        }

        boolean isComparison() {
            return rank == 3;
        }

        /** The same comparison with its operands exchanged. */
        Operator exchanged() {
            return switch (this) {
                case ABOVE -> BELOW;
                case BELOW -> ABOVE;
                case AT_LEAST -> AT_MOST;
                case AT_MOST -> AT_LEAST;
                default -> this;
            };
        }

        /** As PromQL writes it. */
        String promql() {
            return this == POWER ? "^" : symbol;
        }
    }

    /** Functions of one operand. */
    enum Function {
        ABS,
        LOG,
        ROUND,
        CEIL,
        FLOOR,
        IS_NAN,
        IS_INF,
        IS_NUMBER
    }
}
