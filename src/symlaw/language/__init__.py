"""What a formula can say: operators, expressions, text and other notations."""

from __future__ import annotations

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import Operator, operator, operator_table
from symlaw.language.parser import parse

__all__ = ["Constant", "Expression", "Operator", "Variable", "operator", "operator_table", "parse"]
