package dev.tocsin.compile.queries;

import dev.tocsin.compile.queries.MathTree.Binary;
import dev.tocsin.compile.queries.MathTree.Call;
import dev.tocsin.compile.queries.MathTree.Constant;
import dev.tocsin.compile.queries.MathTree.Function;
import dev.tocsin.compile.queries.MathTree.Operator;
import dev.tocsin.compile.queries.MathTree.Reference;
import dev.tocsin.compile.queries.MathTree.Unary;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a calculation: operators by rank, as in Grafana's pkg/expr/mathexp/parse. Operators of one rank, ** among them,
 * take the left operand first; a minus or a ! belongs to what directly follows it, also before a **.
 */
final class MathParser {
    private static final int DEEPEST = 50;
    private static final int WEAKEST = 1;
    private static final int STRONGEST = 6;
    private static final Pattern BLANKS = Pattern.compile("\\s*+");
    private static final Pattern NUMBER =
            Pattern.compile("0[xX]([0-9a-fA-F]{1,13})|(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][+-]?[0-9]{1,3})?");
    private static final Pattern REFERENCE =
            Pattern.compile("\\$(?:([a-zA-Z_][a-zA-Z0-9_]*+)|\\{([a-zA-Z_][a-zA-Z0-9_]*+)})");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*+");

    private final String field;
    private final String text;
    private int position;
    private int depth;

    private MathParser(String field, String text) {
        this.field = field;
        this.text = text;
    }

    /**
     * Reads the whole text.
     *
     * @param field its path in the object, for what is said about it
     */
    static MathTree parse(String field, String text) throws NotExpressible {
        MathParser parser = new MathParser(field, text);
        MathTree tree = parser.operation(WEAKEST);
        parser.skipBlanks();
        if (parser.position < text.length()) {
            throw parser.unexpected("an operator");
        }
        return tree;
    }

    private MathTree operation(int rank) throws NotExpressible {
        if (rank > STRONGEST) {
            return operand();
        }
        MathTree left = operation(rank + 1);
        while (true) {
            skipBlanks();
            Operator operator = operatorHere();
            if (operator == null || operator.rank != rank) {
                return left;
            }
            position += operator.symbol.length();
            left = new Binary(operator, left, operation(rank + 1));
        }
    }

    private @Nullable Operator operatorHere() {
        for (Operator operator : Operator.values()) {
            if (operator.rank > 0 && text.startsWith(operator.symbol, position)) {
                return operator;
            }
        }
        return null;
    }

    private MathTree operand() throws NotExpressible {
        if (++depth > DEEPEST) {
            throw new NotExpressible(field, "is nested more than " + DEEPEST + " levels deep; split it");
        }
        try {
            skipBlanks();
            if (take("!")) {
                return new Unary(Operator.NOT, operand());
            }
            if (take("-")) {
                return new Unary(Operator.MINUS, operand());
            }
            if (take("(")) {
                MathTree inner = operation(WEAKEST);
                expect(")");
                return inner;
            }
            Matcher reference = matcher(REFERENCE);
            if (reference.lookingAt()) {
                position = reference.end();
                return new Reference(reference.group(1) != null ? reference.group(1) : reference.group(2));
            }
            Matcher number = matcher(NUMBER);
            if (number.lookingAt()) {
                position = number.end();
                return new Constant(
                        number.group(1) != null
                                ? Long.parseLong(number.group(1), 16)
                                : Double.parseDouble(number.group()));
            }
            Matcher name = matcher(NAME);
            if (name.lookingAt()) {
                return call(name);
            }
            throw unexpected("a number, $name, a function or (");
        } finally {
            depth--;
        }
    }

    private MathTree call(Matcher name) throws NotExpressible {
        int start = position;
        position = name.end();
        expect("(");
        skipBlanks();
        return switch (name.group()) {
            case "nan" -> constant(Double.NaN);
            case "inf" -> constant(Double.POSITIVE_INFINITY);
            case "infn" -> constant(Double.NEGATIVE_INFINITY);
            case "null", "is_null" ->
                throw new NotExpressible(
                        field,
                        "has " + name.group()
                                + "(): to the engine a series without a value does not exist, so it cannot"
                                + " be told; use is_nan, or noData");
            default -> {
                Function function = function(name.group(), start);
                MathTree operand = operation(WEAKEST);
                expect(")");
                yield new Call(function, operand);
            }
        };
    }

    private Constant constant(double value) throws NotExpressible {
        expect(")");
        return new Constant(value);
    }

    private Function function(String name, int at) throws NotExpressible {
        for (Function function : Function.values()) {
            if (function.name().toLowerCase(Locale.ROOT).equals(name)) {
                return function;
            }
        }
        throw new NotExpressible(
                field,
                "knows no function \"" + name + "\" (character " + (at + 1)
                        + "); use abs, log, round, ceil, floor, is_nan, is_inf, is_number, nan, inf or infn");
    }

    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(text).region(position, text.length());
    }

    private boolean take(String symbol) {
        if (text.startsWith(symbol, position)) {
            position += symbol.length();
            return true;
        }
        return false;
    }

    private void expect(String symbol) throws NotExpressible {
        skipBlanks();
        if (!take(symbol)) {
            throw unexpected(symbol);
        }
    }

    private void skipBlanks() {
        Matcher blanks = matcher(BLANKS);
        if (blanks.lookingAt()) {
            position = blanks.end();
        }
    }

    private NotExpressible unexpected(String wanted) {
        String found = position < text.length()
                ? "\"" + text.substring(position, Math.min(text.length(), position + 10)) + "\""
                : "the end";
        return new NotExpressible(
                field, "character " + (position + 1) + " is " + found + " where " + wanted + " is expected");
    }
}
